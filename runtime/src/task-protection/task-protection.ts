import type { Logger } from '../telemetry/logger';
import { EcsAgent, type Fetch } from './ecs-agent';

/** One-shot timers; what is returned cancels. */
export interface Timers {
  after(milliseconds: number, action: () => void): () => void;
}

const systemTimers: Timers = {
  after(milliseconds, action) {
    const timer = setTimeout(action, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export interface TaskProtectionOptions {
  /** ECS_AGENT_URI; without it there is nothing to protect from, and nothing is done. */
  readonly agentUri: string | undefined;
  readonly logger: Logger;
  /**
   * How long one protection lasts, 1 to 2880 minutes; it is renewed while work goes on, so this is what a crash leaves behind.
   * @default 20
   */
  readonly expiresInMinutes?: number;
  readonly fetch?: Fetch;
  readonly timers?: Timers;
}

const RENEW_AFTER = 0.5;
const RETRY_AFTER = 0.1;

/**
 * Keeps the task from being stopped by scale-in or a deployment while long work runs in it.
 *
 * @example
 * const protection = new TaskProtection({ agentUri: process.env.ECS_AGENT_URI, logger });
 * await protection.run(() => rebuildIndex());
 */
export class TaskProtection {
  private readonly agent: EcsAgent | undefined;
  private readonly timers: Timers;
  private readonly minutes: number;
  private running = 0;
  private cancelRenewal: () => void = () => {};
  /** Calls to the agent one after the other: a release must never overtake the protection of newer work. */
  private calls: Promise<void> = Promise.resolve();
  private reported = false;

  constructor(private readonly options: TaskProtectionOptions) {
    this.timers = options.timers ?? systemTimers;
    this.minutes = options.expiresInMinutes ?? 20;
    if (!Number.isInteger(this.minutes) || this.minutes < 1 || this.minutes > 2880) {
      throw new Error(
        `TaskProtection: expiresInMinutes must be a whole number between 1 and 2880, got ${this.minutes}; the agent takes no other`,
      );
    }
    if (options.agentUri) this.agent = new EcsAgent(options.agentUri, options.fetch ?? fetch, this.timers);
  }

  /** Runs work under protection; what it returns or throws is passed on, whatever the agent does. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    this.running += 1;
    if (this.running === 1) this.protect();
    await this.calls;
    try {
      return await work();
    } finally {
      this.running -= 1;
      if (this.running === 0) this.release();
    }
  }

  private protect(): void {
    const { agent } = this;
    if (agent === undefined) return;
    this.call(() => agent.protect(this.minutes), RENEW_AFTER);
  }

  private release(): void {
    const { agent } = this;
    this.cancelRenewal();
    if (agent === undefined) return;
    this.call(() => agent.release());
  }

  private call(request: () => Promise<void>, renewAfter?: number): void {
    this.calls = this.calls.then(async () => {
      const done = await this.attempt(request);
      if (renewAfter !== undefined) this.renewLater(done ? renewAfter : RETRY_AFTER);
    });
  }

  private renewLater(share: number): void {
    this.cancelRenewal();
    if (this.running === 0) return;
    this.cancelRenewal = this.timers.after(this.minutes * 60_000 * share, () => this.protect());
  }

  private async attempt(request: () => Promise<void>): Promise<boolean> {
    try {
      await request();
      this.reported = false;
      return true;
    } catch (error) {
      if (!this.reported) this.options.logger.error('task protection failed; the work goes on unprotected', { reason: String(error) });
      this.reported = true;
      return false;
    }
  }
}
