import type { Job, JsonValue } from './job';

/** One attempt at a job, as its processor sees it. */
export interface Attempt {
  readonly job: Job;
  /** Grows with every attempt: write effects on the condition that they carry no higher one. */
  readonly fence: number;
  /** Aborts when the attempt holds the job no longer or is asked to stop. */
  readonly signal: AbortSignal;
  /** Says how far it is; written with the next heartbeat. */
  readonly report: (progress: number, stage?: string) => void;
}

/** Does the work of a kind; what it answers is the job's result. */
export interface JobProcessor {
  process(attempt: Attempt): Promise<JsonValue>;
}

export interface ProcessorFailure {
  readonly code: string;
  /** Told to the job's owner. */
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
}

/** How a processor says that a job cannot be done, now or ever. Anything else it throws counts as retryable, and its message is told to nobody. */
export class JobProcessorError extends Error {
  constructor(readonly failure: ProcessorFailure) {
    super(failure.message);
    this.name = 'JobProcessorError';
  }
}
