import type { Clock } from '../resilience/clock';

const FIRST_MS = 100;
const LONGEST_MS = 1_000;

/** The pause after each failure in a row: doubled up to a second. */
export class Backoff {
  private failures = 0;
  private waiting = false;

  constructor(
    private readonly clock: Clock,
    /** What is done when a pause is over. */
    private readonly resume: () => void,
  ) {}

  /** Not now. */
  get paused(): boolean {
    return this.waiting;
  }

  /** One at a time, until one succeeds. */
  get careful(): boolean {
    return this.failures > 0;
  }

  succeeded(): void {
    this.failures = 0;
  }

  /** @param cut ends the pause at once */
  failed(cut?: AbortSignal): void {
    // Those tried together fail together, and count once.
    if (this.waiting) return;
    this.failures += 1;
    this.waiting = true;
    const over = () => {
      this.waiting = false;
      this.resume();
    };
    this.clock.sleep(Math.min(LONGEST_MS, FIRST_MS * 2 ** (this.failures - 1)), cut).then(over, over);
  }
}
