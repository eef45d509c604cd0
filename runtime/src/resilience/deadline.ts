import { type Clock, LONGEST_WAIT_MS } from './clock';
import { CancelledError, DeadlineExceededError } from './errors';

/**
 * The point in time by which a request must be answered, handed down to everything that is done for it.
 *
 * @example
 * const deadline = Deadline.after(30_000, systemClock, request.signal);
 * await provider.embed([text], { deadline });
 */
export class Deadline {
  private controller?: AbortController;

  private constructor(
    readonly at: number,
    private readonly givenMs: number,
    private readonly clock: Clock,
    private readonly parent?: AbortSignal,
  ) {}

  /** A deadline `ms` from now (0 to 2^31 - 1), or earlier when `parent` aborts, as when the client goes away. */
  static after(ms: number, clock: Clock, parent?: AbortSignal): Deadline {
    if (!(ms >= 0 && ms <= LONGEST_WAIT_MS)) {
      throw new RangeError(`Deadline.after: ms must be between 0 and ${LONGEST_WAIT_MS}, got ${ms}; give the time in milliseconds`);
    }
    return new Deadline(clock.now() + ms, ms, clock, parent);
  }

  /** What is left, at least 0. */
  get remainingMs(): number {
    return Math.max(0, this.at - this.clock.now());
  }

  /** Aborts at the deadline with a DeadlineExceededError, or with a CancelledError when the parent aborts. */
  get signal(): AbortSignal {
    this.controller ??= this.arm();
    return this.controller.signal;
  }

  /** Throws when there is nothing left, or nobody who waits. */
  check(): void {
    if (this.parent?.aborted) throw new CancelledError(this.parent.reason);
    if (this.remainingMs === 0) throw new DeadlineExceededError(this.givenMs);
  }

  private arm(): AbortController {
    const controller = new AbortController();
    const { parent } = this;
    const leave = () => controller.abort(new CancelledError(parent?.reason));
    const expire = () => {
      parent?.removeEventListener('abort', leave);
      controller.abort(new DeadlineExceededError(this.givenMs));
    };
    if (parent?.aborted) leave();
    else if (this.remainingMs === 0) expire();
    else {
      parent?.addEventListener('abort', leave, { once: true });
      this.clock.sleep(this.remainingMs, controller.signal, { background: true }).then(expire, () => {});
    }
    return controller;
  }
}
