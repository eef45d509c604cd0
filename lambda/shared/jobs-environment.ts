import { type JobKind, type JobKindOptions, jobKinds, JobKindsError } from 'plinth-runtime/jobs';

/** A kind as JOB_KINDS lists it; who does its work is the worker's to read. */
export interface ListedKind extends JobKindOptions {
  readonly processor?: unknown;
}

export interface JobsEnvironment {
  readonly tableName: string;
  readonly queueUrl: string;
  readonly kinds: ReadonlyMap<string, JobKind>;
  /** How long a queued job waits before its message is taken for lost; the runtime's default where it is absent. */
  readonly resendAfterMs?: number;
}

/** What the functions of jobs are configured with; every fault is named in one error. */
export class JobsEnvironmentError extends Error {
  readonly code = 'jobs-environment';

  constructor(readonly faults: readonly string[]) {
    super(faults.join('; '));
    this.name = 'JobsEnvironmentError';
  }
}

/** Reads JOB_TABLE, JOB_QUEUE_URL, JOB_KINDS (a JSON array of kinds) and, where it is set, JOB_RESEND_AFTER_MS. `more` finds further faults, told together with these. */
export function jobsEnvironment(
  environment: NodeJS.ProcessEnv,
  more: (listed: readonly ListedKind[]) => readonly string[] = () => [],
): JobsEnvironment {
  const faults: string[] = [];
  const required = (name: string): string => {
    const value = environment[name] ?? '';
    if (value === '') faults.push(`${name} must be set, got nothing`);
    return value;
  };
  const tableName = required('JOB_TABLE');
  const queueUrl = required('JOB_QUEUE_URL');
  const listed = listedKinds(environment);
  if (listed === undefined) faults.push('JOB_KINDS must be a JSON array of kinds, got something else');
  const kinds = namedKinds(listed ?? [], faults);
  const resend = environment.JOB_RESEND_AFTER_MS || undefined;
  if (resend !== undefined && !/^[1-9]\d{2,6}$/.test(resend))
    faults.push(`JOB_RESEND_AFTER_MS must be a whole number from 100, got ${resend}`);
  faults.push(...more(listed ?? []));
  if (faults.length > 0) throw new JobsEnvironmentError(faults);
  return { tableName, queueUrl, kinds, resendAfterMs: resend === undefined ? undefined : Number(resend) };
}

/** The kinds as JOB_KINDS lists them, or nothing when it is no list. */
export function listedKinds({ JOB_KINDS = '' }: NodeJS.ProcessEnv): readonly ListedKind[] | undefined {
  try {
    const kinds = JSON.parse(JOB_KINDS) as unknown;
    const isList = Array.isArray(kinds) && kinds.every((kind) => typeof kind === 'object' && kind !== null);
    return isList ? (kinds as ListedKind[]) : undefined;
  } catch {
    return undefined;
  }
}

function namedKinds(listed: readonly ListedKind[], faults: string[]): ReadonlyMap<string, JobKind> {
  if (listed.length === 0) return new Map();
  try {
    return jobKinds(listed.map(({ processor: _processor, ...kind }) => kind));
  } catch (error) {
    if (!(error instanceof JobKindsError)) throw error;
    faults.push(...error.faults.map((fault) => `JOB_KINDS: ${fault}`));
    return new Map();
  }
}
