import { randomBytes } from 'node:crypto';
import {
  type Clock,
  DynamoJobStore,
  jobKinds,
  type JobMessage,
  type JobMessages,
  Jobs,
  type JobsOptions,
  jobTable,
  type JobStore,
  MemoryJobStore,
  type Submission,
} from 'plinth-runtime/jobs';
import type { Dynalite } from '../../support/dynalite';

/** A clock that stands until it is moved; whoever sleeps on it is woken by moving. */
export class ManualClock implements Clock {
  private sleepers: { readonly until: number; readonly wake: () => void }[] = [];

  constructor(private time = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.time;
  }

  advance(ms: number): void {
    this.time += ms;
    const due = this.sleepers.filter(({ until }) => until <= this.time);
    this.sleepers = this.sleepers.filter(({ until }) => until > this.time);
    for (const { wake } of due) wake();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = () => reject(signal?.reason as Error);
      const wake = () => {
        signal?.removeEventListener('abort', cancel);
        resolve();
      };
      signal?.addEventListener('abort', cancel, { once: true });
      this.sleepers.push({ until: this.time + ms, wake });
    });
  }
}

/** A queue that keeps what was sent, in order. */
export class SentMessages implements JobMessages {
  readonly sent: (JobMessage & { readonly delayMs: number })[] = [];
  failure: Error | undefined;

  async send(message: JobMessage, delayMs: number): Promise<void> {
    if (this.failure) throw this.failure;
    this.sent.push({ ...message, delayMs });
  }
}

export type MakeStore = (clock: Clock) => Promise<JobStore>;

let tables = 0;

/** Both stores, under the same tests. */
export const stores: [string, (dynalite: () => Dynalite) => MakeStore][] = [
  ['in memory', () => async (clock) => new MemoryJobStore(clock)],
  [
    'in DynamoDB',
    (dynalite) => async (clock) => {
      const tableName = `jobs-${(tables += 1)}`;
      await dynalite().createTable(jobTable(tableName));
      return new DynamoJobStore({ client: dynalite().client(), tableName, clock, counterShards: 1 });
    },
  ],
];

export const KIND = 'documents.process';
export const LEASE_MS = 60_000;
export const DEADLINE_MS = 600_000;

export const kinds = jobKinds([
  { name: KIND, leaseMs: LEASE_MS, deadlineMs: DEADLINE_MS, maxAttempts: 3, retry: { baseMs: 1000, capMs: 8000 } },
  { name: 'reports.make' },
]);

export const submission = (fields: Partial<Submission> = {}): Submission => ({
  tenantId: 'acme',
  kind: KIND,
  input: { page: 1 },
  ...fields,
});

/** Jobs over a store, with a clock that stands and a queue that keeps. */
export async function jobsOver(makeStore: MakeStore, options: Partial<JobsOptions> = {}) {
  const clock = new ManualClock();
  const store = await makeStore(clock);
  const messages = new SentMessages();
  const left: string[] = [];
  const jobs = new Jobs({ store, messages, kinds, clock, randomBytes, onLeft: (what) => left.push(what), ...options });
  const submit = async (fields: Partial<Submission> = {}) => {
    const submitted = await jobs.submit(submission(fields));
    if (submitted.type !== 'created') throw new Error(`a job must be created, got ${submitted.type}`);
    return submitted.job;
  };
  const claimed = async (fields: Partial<Submission> = {}) => {
    const { id } = await submit(fields);
    return attemptOn(id);
  };
  const attemptOn = async (id: string) => {
    const { job, refusal } = await jobs.claim(id);
    if (!job?.lease || refusal) throw new Error(`the job must be claimed, got ${refusal}`);
    return { id, token: job.lease.token, attempt: job.attempt };
  };
  return { clock, store, messages, jobs, submit, claimed, attemptOn, left };
}

export const success = { type: 'succeeded', result: { pages: 3 } } as const;
