import type { Clock } from 'plinth-runtime/resilience';

export type Status = 'pass' | 'warn' | 'fail';

export interface Check {
  readonly status: Status;
  readonly output?: string;
}

interface Seen extends Check {
  readonly time: string;
}

/** One thing that readiness tells of. */
export interface Probe {
  /** Component and measurement, such as `database:connection`. */
  readonly name: string;
  readonly look: () => Promise<Check>;
}

export interface HealthBody {
  readonly status: Status;
  readonly description: string;
  readonly checks: { readonly [name: string]: readonly Seen[] };
}

/**
 * What the process says of itself. It is ready from the moment its start is over until it drains; a dependency that goes away later is a
 * `warn`: replacing every task would not bring it back.
 */
export class Health {
  private state: 'starting' | 'ready' | 'draining' = 'starting';
  private readonly seen = new Map<string, Seen>();

  constructor(
    private readonly clock: Clock,
    private readonly probes: readonly Probe[],
    /** Why the start is not over. */
    private reason: string,
  ) {}

  /** Whether the start is not over yet. */
  get isStarting(): boolean {
    return this.state === 'starting';
  }

  started(): void {
    if (this.state === 'starting') this.state = 'ready';
  }

  /** Why the start is not over. */
  waits(reason: string): void {
    this.reason = reason;
  }

  drains(): void {
    this.state = 'draining';
  }

  /** Looks at every dependency; readiness answers what was seen last, so that no caller waits for one. */
  async look(): Promise<void> {
    await Promise.all(
      this.probes.map(async ({ name, look }) => {
        const check = await look().catch((error: unknown): Check => ({
          status: 'warn',
          output: error instanceof Error ? error.name : 'it failed',
        }));
        this.seen.set(name, { ...check, time: this.now() });
      }),
    );
  }

  body(): HealthBody {
    const checks = Object.fromEntries([...this.seen].map(([name, check]) => [name, [check]]));
    if (this.state === 'starting') {
      return { status: 'fail', description: `starting: ${this.reason}`, checks };
    }
    if (this.state === 'draining') return { status: 'fail', description: 'shutting down', checks };
    const worried = [...this.seen].filter(([, { status }]) => status !== 'pass').map(([name]) => name);
    if (worried.length === 0) return { status: 'pass', description: 'serving', checks };
    return { status: 'warn', description: `serving; look at ${worried.join(', ')}`, checks };
  }

  private now(): string {
    return new Date(this.clock.now()).toISOString();
  }
}
