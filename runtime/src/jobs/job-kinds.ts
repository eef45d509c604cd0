/** What is done with jobs of one kind. */
export interface JobKind {
  readonly name: string;
  /** Claims of one job, 1 to 20. */
  readonly maxAttempts: number;
  /** How long an attempt may go without a heartbeat, 1 s to 1 h. */
  readonly leaseMs: number;
  /** From submission to the end, where the caller asks for no other, 1 s to a week. */
  readonly deadlineMs: number;
  /** The longest a caller may ask for, to a week. */
  readonly maxDeadlineMs: number;
  /** The wait before another attempt: doubles from `baseMs` to `capMs`, of which half to all is waited. At most 15 minutes, a message's longest delay. */
  readonly retry: { readonly baseMs: number; readonly capMs: number };
  /** What is told as estimate while nothing was measured. */
  readonly estimateMs: number;
  /** What a job's end is called besides `job.completed` and `job.failed`, such as `document.completed`. */
  readonly events?: { readonly completed?: string; readonly failed?: string };
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const WEEK = 7 * 24 * HOUR;
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const EVENT = /^(?!job\.)[a-z0-9_]{1,32}(\.[a-z0-9_]{1,32}){1,3}$/;

export const KIND_DEFAULTS = {
  maxAttempts: 5,
  leaseMs: MINUTE,
  deadlineMs: HOUR,
  maxDeadlineMs: 24 * HOUR,
  retry: { baseMs: 2 * SECOND, capMs: 5 * MINUTE },
  estimateMs: 10 * SECOND,
} as const satisfies Omit<JobKind, 'name'>;

export class JobKindsError extends Error {
  readonly code = 'job-kinds';

  constructor(readonly faults: readonly string[]) {
    super(`job kinds: ${faults.join('; ')}`);
    this.name = 'JobKindsError';
  }
}

export type JobKindOptions = Pick<JobKind, 'name'> & Partial<Omit<JobKind, 'name'>>;

/** The kinds by name, defaults filled in; every fault is named in one `JobKindsError`. */
export function jobKinds(kinds: readonly JobKindOptions[]): ReadonlyMap<string, JobKind> {
  const filled = kinds.map((kind): JobKind => ({ ...KIND_DEFAULTS, ...kind }));
  const faults = filled.flatMap((kind) => faultsOf(kind));
  if (kinds.length === 0) faults.push('there must be at least one kind, got none; name a kind');
  const byName = new Map(filled.map((kind) => [kind.name, kind]));
  if (byName.size < filled.length) faults.push('names must differ, got one twice; rename a kind');
  if (faults.length > 0) throw new JobKindsError(faults);
  return byName;
}

function faultsOf(kind: JobKind): string[] {
  const { name, maxAttempts, leaseMs, deadlineMs, maxDeadlineMs, retry, estimateMs, events = {} } = kind;
  const within = (field: string, value: number, least: number, most: number): string[] =>
    Number.isInteger(value) && value >= least && value <= most
      ? []
      : [`${name}: ${field} must be a whole number from ${least} to ${most}, got ${String(value)}`];
  return [
    ...(NAME.test(name) ? [] : [`name must match ${NAME.source}, got ${JSON.stringify(name)}`]),
    ...within('maxAttempts', maxAttempts, 1, 20),
    ...within('leaseMs', leaseMs, SECOND, HOUR),
    ...within('maxDeadlineMs', maxDeadlineMs, SECOND, WEEK),
    ...within('deadlineMs', deadlineMs, SECOND, maxDeadlineMs),
    ...within('retry.capMs', retry.capMs, 0, 15 * MINUTE),
    ...within('retry.baseMs', retry.baseMs, 0, retry.capMs),
    ...within('estimateMs', estimateMs, 1, WEEK),
    ...eventFaults(name, events),
  ];
}

const eventFaults = (name: string, events: NonNullable<JobKind['events']>): string[] =>
  Object.entries(events)
    .filter(([, event]) => !EVENT.test(event))
    .map(([end, event]) => `${name}: events.${end} must be two to four words with dots, the first not job, got ${JSON.stringify(event)}`);

/** The wait after an attempt; `random` is from 0 to 1. */
export function retryDelay({ retry: { baseMs, capMs } }: JobKind, attempt: number, random: number): number {
  const whole = Math.min(capMs, baseMs * 2 ** (attempt - 1));
  return Math.round(whole * (0.5 + random / 2));
}
