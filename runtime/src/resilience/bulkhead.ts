import type { Deadline } from './deadline';
import { BulkheadFullError } from './errors';

export interface BulkheadOptions {
  readonly name: string;
  /** Calls at a time. */
  readonly concurrency: number;
  /** Calls that may wait for their turn. */
  readonly queue: number;
}

/**
 * Bounds the calls of one dependency, so that a slow one does not take all of the process. The first to wait is the first to go.
 *
 * @example
 * const bulkhead = new Bulkhead({ name: 'provider', concurrency: 64, queue: 256 });
 * await bulkhead.run(() => ask(), deadline);
 */
export class Bulkhead {
  private running = 0;
  private readonly waiting = new Set<() => void>();

  constructor(private readonly options: BulkheadOptions) {}

  get active(): number {
    return this.running;
  }

  get queued(): number {
    return this.waiting.size;
  }

  async run<T>(work: () => Promise<T>, deadline?: Deadline): Promise<T> {
    await this.enter(deadline);
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  private async enter(deadline?: Deadline): Promise<void> {
    const { name, concurrency, queue } = this.options;
    if (this.running < concurrency) {
      this.running += 1;
      return;
    }
    if (this.waiting.size >= queue) throw new BulkheadFullError(name, concurrency, queue);
    deadline?.check();
    await this.turn(deadline?.signal);
  }

  private turn(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = () => {
        signal?.removeEventListener('abort', give);
        resolve();
      };
      const give = () => {
        this.waiting.delete(go);
        reject(signal?.reason as Error);
      };
      this.waiting.add(go);
      signal?.addEventListener('abort', give, { once: true });
    });
  }

  /** The place passes on to the next in the queue: nobody else can take it in between. */
  private leave(): void {
    const [next] = this.waiting;
    if (next === undefined) {
      this.running -= 1;
      return;
    }
    this.waiting.delete(next);
    next();
  }
}
