import type { Job } from './job';
import type { Jobs } from './jobs';
import type { Refusal } from './transitions';

/** Cancellation is noticed within this. */
const LONGEST_INTERVAL_MS = 10_000;
const BEATS_IN_A_LEASE = 3;

/** Why a heartbeat ended its attempt. */
export class AttemptRefused extends Error {
  constructor(readonly refusal: Refusal) {
    super(`the attempt must hold its job, got ${refusal}`);
    this.name = 'AttemptRefused';
  }
}

/** Beats for an attempt, three times in a lease and every 10 s at least, until it is stopped or refused. */
export class Heartbeat {
  private readonly refused = new AbortController();
  private readonly stopped = new AbortController();
  private progress: number | undefined;
  private stage: string | undefined;

  constructor(
    private readonly jobs: Jobs,
    private readonly job: Job,
    private readonly token: string,
  ) {}

  /** Aborts when the attempt holds the job no longer, or its owner cancelled it. */
  get signal(): AbortSignal {
    return this.refused.signal;
  }

  get refusal(): Refusal | undefined {
    return this.refused.signal.aborted ? (this.refused.signal.reason as AttemptRefused).refusal : undefined;
  }

  report(progress: number, stage?: string): void {
    this.progress = Math.min(100, Math.max(0, Math.round(progress)));
    this.stage = stage?.slice(0, 100) ?? this.stage;
  }

  start(): void {
    void this.beatOn();
  }

  stop(): void {
    this.stopped.abort();
  }

  private async beatOn(): Promise<void> {
    const { clock } = this.jobs.context;
    const interval = Math.min(LONGEST_INTERVAL_MS, this.jobs.context.kind(this.job.kind).leaseMs / BEATS_IN_A_LEASE);
    let until = this.job.lease?.until ?? 0;
    while (!this.stopped.signal.aborted) {
      try {
        await clock.sleep(interval, this.stopped.signal);
        const { job, refusal } = await this.jobs.heartbeat(this.job.id, this.token, { progress: this.progress, stage: this.stage });
        if (refusal) return this.refused.abort(new AttemptRefused(refusal));
        until = job?.lease?.until ?? until;
      } catch {
        // Stopped; or the store failed, and the next beat may reach it while the lease lasts.
        if (!this.stopped.signal.aborted && clock.now() >= until) return this.refused.abort(new AttemptRefused('lease-lost'));
      }
    }
  }
}
