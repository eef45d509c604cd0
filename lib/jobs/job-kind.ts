import { Duration } from 'aws-cdk-lib';

/**
 * How long a failed attempt is waited for.
 *
 * @example
 * import { Duration } from 'aws-cdk-lib';
 * import type { JobRetry } from 'plinth';
 *
 * const retry: JobRetry = { base: Duration.seconds(10), cap: Duration.minutes(10) };
 */
export interface JobRetry {
  /** The wait after the first attempt, which doubles with each; 0 to the cap. */
  readonly base: Duration;

  /** The longest wait, 0 to 15 minutes. */
  readonly cap: Duration;
}

/**
 * What the ends of jobs are called in webhooks.
 *
 * @example
 * import type { JobEvents } from 'plinth';
 *
 * const events: JobEvents = { completed: 'report.made', failed: 'report.failed' };
 */
export interface JobEvents {
  /**
   * Told besides `job.completed`: two to four words of lower-case letters, digits and underscores with dots between, the first not `job`.
   * @default - none
   */
  readonly completed?: string;

  /**
   * Told besides `job.failed`.
   * @default - none
   */
  readonly failed?: string;
}

/**
 * A kind of jobs, and what is done with them.
 *
 * @example
 * import { Duration } from 'aws-cdk-lib';
 * import type { JobKind } from 'plinth';
 *
 * const kind: JobKind = { name: 'reports.make', maxAttempts: 3, deadline: Duration.minutes(30) };
 */
export interface JobKind {
  /** Its name: 1 to 64 lower-case letters, digits, dots, hyphens and underscores, of which the first is a letter or a digit. */
  readonly name: string;

  /**
   * How often a job is tried, 1 to 20.
   * @default 5
   */
  readonly maxAttempts?: number;

  /**
   * How long an attempt may go without a sign of life before another begins, 1 second to 1 hour; workers give three in that time.
   * @default Duration.minutes(1)
   */
  readonly lease?: Duration;

  /**
   * From submission to the end, where the caller asks for no other; 1 second to maxDeadline.
   * @default Duration.hours(1)
   */
  readonly deadline?: Duration;

  /**
   * The longest a caller may ask for, 1 second to 7 days.
   * @default Duration.hours(24)
   */
  readonly maxDeadline?: Duration;

  /**
   * The wait before another attempt.
   * @default - 2 seconds, doubled up to 5 minutes
   */
  readonly retry?: JobRetry;

  /**
   * What callers are told a job takes, while nothing was measured; 1 millisecond to 7 days.
   * @default Duration.seconds(10)
   */
  readonly estimate?: Duration;

  /**
   * What the ends of its jobs are called in webhooks, besides `job.completed` and `job.failed`.
   * @default - nothing else
   */
  readonly events?: JobEvents;
}

/** The table of kinds is part of a function's environment, which takes 4 KB. */
const MOST_KINDS = 10;
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const EVENT = /^(?!job\.)[a-z0-9_]{1,32}(\.[a-z0-9_]{1,32}){1,3}$/;
const WEEK = Duration.days(7);

/** What the runtime takes where a kind says nothing; named here only to check what depends on it. */
const DEADLINE = Duration.hours(1);
const MAX_DEADLINE = Duration.hours(24);

/**
 * The wait of a kind that names none.
 * @internal
 */
export const RETRY_CAP = Duration.minutes(5);

/**
 * A kind as the gateway and the functions are told of it; what is left out has the runtime's default.
 * @internal
 */
export const kindConfiguration = ({ name, maxAttempts, lease, deadline, maxDeadline, retry, estimate, events }: JobKind) => ({
  name,
  maxAttempts,
  leaseMs: lease?.toMilliseconds(),
  deadlineMs: deadline?.toMilliseconds(),
  maxDeadlineMs: maxDeadline?.toMilliseconds(),
  retry: retry && { baseMs: retry.base.toMilliseconds(), capMs: retry.cap.toMilliseconds() },
  estimateMs: estimate?.toMilliseconds(),
  events,
});

/**
 * What the runtime would refuse when it starts.
 * @internal
 */
export function checkKinds(path: string, kinds: readonly JobKind[]): void {
  const fault = (prop: string, allowed: string, given: string | number, change: string) =>
    new Error(`${path}: ${prop} must be ${allowed}, got ${given}; ${change}`);
  if (kinds.length < 1 || kinds.length > MOST_KINDS) {
    throw fault('kinds', `1 to ${MOST_KINDS} kinds`, kinds.length, kinds.length === 0 ? 'name one' : 'make another queue for the rest');
  }
  const names = kinds.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw fault('kinds', 'of different names', `${twice} twice`, 'rename one');
  for (const kind of kinds) checkKind(kind, fault);
}

function checkKind(kind: JobKind, fault: (prop: string, allowed: string, given: string | number, change: string) => Error): void {
  const {
    name,
    maxAttempts = 1,
    lease = Duration.minutes(1),
    deadline = DEADLINE,
    maxDeadline = MAX_DEADLINE,
    retry,
    estimate,
    events,
  } = kind;
  const within = (prop: string, value: Duration, least: Duration, most: Duration, change: string) => {
    const ms = value.toMilliseconds();
    if (ms >= least.toMilliseconds() && ms <= most.toMilliseconds()) return;
    throw fault(`kinds.${name}.${prop}`, `${least.toHumanString()} to ${most.toHumanString()}`, value.toHumanString(), change);
  };
  if (!NAME.test(name)) throw fault('kinds.name', `a name that matches ${NAME.source}`, name, 'rename the kind');
  if (!Number.isInteger(maxAttempts) || maxAttempts < 1 || maxAttempts > 20) {
    throw fault(`kinds.${name}.maxAttempts`, 'a whole number from 1 to 20', maxAttempts, 'choose one in that range');
  }
  within('lease', lease, Duration.seconds(1), Duration.hours(1), 'workers tell of themselves within it, so a short one does');
  within('maxDeadline', maxDeadline, Duration.seconds(1), WEEK, 'split longer work into jobs');
  within('deadline', deadline, Duration.seconds(1), maxDeadline, 'lower deadline or raise maxDeadline');
  if (retry) {
    within('retry.cap', retry.cap, Duration.millis(0), Duration.minutes(15), "lower it to a message's longest delay");
    within('retry.base', retry.base, Duration.millis(0), retry.cap, 'lower base or raise cap');
  }
  for (const [end, event] of Object.entries(events ?? {})) {
    if (EVENT.test(event)) continue;
    throw fault(
      `kinds.${name}.events.${end}`,
      `two to four words with dots, the first not job`,
      event,
      'name it such as document.completed',
    );
  }
  if (estimate) within('estimate', estimate, Duration.millis(1), WEEK, 'say what a job takes');
}
