import type { Clock } from 'plinth-runtime/database';

/** Time that passes when it is told to. */
export class ManualClock implements Clock {
  private time = 0;
  private sleepers: { readonly due: number; readonly wake: () => void }[] = [];

  now(): number {
    return this.time;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper = { due: this.time + milliseconds, wake: resolve };
      this.sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.sleepers = this.sleepers.filter((other) => other !== sleeper);
        reject(new Error('aborted'));
      });
    });
  }

  async pass(milliseconds: number): Promise<void> {
    const until = this.time + milliseconds;
    for (;;) {
      const [next] = this.sleepers.filter(({ due }) => due <= until).toSorted((one, other) => one.due - other.due);
      if (!next) break;
      this.sleepers = this.sleepers.filter((other) => other !== next);
      this.time = next.due;
      next.wake();
      await settle();
    }
    this.time = until;
  }
}

export const settle = () => new Promise((resolve) => setImmediate(resolve));
