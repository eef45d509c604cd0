export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** Where a job stands; all but the first two are final. */
export const JOB_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** Why a job failed: a code for machines, a sentence for its owner. */
export interface JobError {
  readonly code: string;
  readonly message: string;
}

/** The right to work on a job until a time; whoever holds another token is refused. */
export interface Lease {
  readonly token: string;
  /** Epoch milliseconds; never after the job's deadline. */
  readonly until: number;
}

/** A job as it is stored. Times are epoch milliseconds, but for `ttl`. */
export interface Job {
  readonly id: string;
  readonly tenantId: string;
  readonly kind: string;
  readonly state: JobState;
  readonly input: JsonValue;
  /** Percent, 0 to 100, of this attempt. */
  readonly progress: number;
  readonly stage?: string;
  /** How often it was claimed. It only ever grows: the number effects are fenced with. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly lease?: Lease;
  readonly cancelRequested: boolean;
  readonly createdAt: number;
  readonly deadlineAt: number;
  /** Not claimed before this: the wait of a retry. */
  readonly notBefore: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly result?: JsonValue;
  /** Where a result lies that is too large for the row. */
  readonly resultRef?: string;
  readonly error?: JobError;
  readonly webhookUrl?: string;
  /** How often the sweeper sent a message for it, or told its end again. */
  readonly sends: number;
  /** It ended, and nobody was told yet. */
  readonly isUntold?: boolean;
  /** When the sweeper should look; absent when the job is final and told. */
  readonly dueAt?: number;
  /** Epoch seconds after which the row is as good as gone. */
  readonly ttl: number;
  /** Random, new with every write: what conditional writes compare, and the ETag. */
  readonly revision: string;
}

export const isFinal = ({ state }: Pick<Job, 'state'>): boolean => state !== 'queued' && state !== 'running';
