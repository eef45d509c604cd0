import type { WebhookStore } from 'plinth-runtime/webhooks';

export type Fault = 'before' | 'after';

/** What happens at a call: nothing, or it fails before or after it had its effect. */
export type Strike = (name: string) => Fault | 'hang' | undefined;

const never = () => new Promise<never>(() => undefined);

function struck<Target extends object>(target: Target, prefix: string, strike: Strike): Target {
  return new Proxy(target, {
    get(of, name) {
      const value: unknown = Reflect.get(of, name, of);
      if (typeof value !== 'function') return value;
      return async (...given: unknown[]): Promise<unknown> => {
        const fault = strike(`${prefix}${String(name)}`);
        if (fault === 'before') throw new Error(`struck before ${prefix}${String(name)}`);
        const result: unknown = await (value as (...values: unknown[]) => unknown).apply(of, given);
        if (fault === 'after') throw new Error(`struck after ${prefix}${String(name)}`);
        return fault === 'hang' ? never() : result;
      };
    },
  });
}

/** A store that fails where it is told to; `hang`: whoever called it is gone when it is done. */
export function faultyStore(store: WebhookStore, strike: Strike): WebhookStore {
  const parts = {
    endpoints: store.endpoints,
    tombstones: store.tombstones,
    messages: store.messages,
    deliveries: store.deliveries,
    gates: store.gates,
    tasks: store.tasks,
  };
  const faulty = Object.fromEntries(Object.entries(parts).map(([name, rows]) => [name, struck(rows, `${name}.`, strike)]));
  return new Proxy(struck(store, '', strike), { get: (of, name) => faulty[String(name)] ?? Reflect.get(of, name, of) });
}

export const faulty = struck;

/** Strikes the nth call, and counts them all. */
export class NthCall {
  calls = 0;

  constructor(
    private readonly nth: number,
    private readonly fault: Fault,
  ) {}

  readonly strike: Strike = () => {
    this.calls += 1;
    return this.calls === this.nth ? this.fault : undefined;
  };
}
