import { randomBytes } from 'node:crypto';
import { type Job, Jobs, type JobsOptions, MemoryJobStore, MemoryResultStore } from 'plinth-runtime/jobs';
import { jobRoutes } from '../../../api/jobs/job-routes';
import { Router } from '../../../api/shared/router';
import { kinds, ManualClock, SentMessages } from '../../runtime/jobs/store';

export interface Sent {
  readonly method?: string;
  readonly body?: unknown;
  /** The body as it is, in the place of JSON. */
  readonly raw?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly tenantId?: string;
  readonly scopes?: readonly string[];
  readonly signal?: AbortSignal;
}

/** The routes over a store in memory that counts what is written to it. */
export function jobsApi(options: Partial<JobsOptions> = {}) {
  const clock = new ManualClock();
  const store = new MemoryJobStore(clock);
  const written: Job[] = [];
  const create = store.create.bind(store);
  store.create = async (job) => {
    written.push(job);
    return create(job);
  };
  const results = new MemoryResultStore();
  const messages = new SentMessages();
  const jobs = new Jobs({ store, messages, kinds, clock, randomBytes, ...options });
  const router = new Router(jobRoutes({ jobs, results, cursorKeys: ['current', 'previous'] }));
  const send = async (target: string, sent: Sent = {}) => {
    const {
      body,
      raw,
      method = body === undefined && raw === undefined ? 'GET' : 'POST',
      headers,
      tenantId = 'acme',
      scopes = ['jobs'],
    } = sent;
    const url = new URL(target, 'http://api');
    const response = await router.handle(
      {
        method,
        path: url.pathname,
        query: url.searchParams,
        headers: { 'content-type': 'application/json', ...headers },
        body: raw ?? (body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body))),
      },
      { tenantId, keyId: 'key', scopes, requestId: 'r-1', signal: sent.signal ?? new AbortController().signal, clock },
    );
    if (!response) throw new Error(`${target} must be a route of jobs, got none`);
    const text = response.body.toString();
    return { ...response, json: text === '' ? undefined : JSON.parse(text) };
  };
  const submit = async (body: object = {}, sent: Sent = {}): Promise<string> => {
    const { json } = await send('/v1/jobs', { body: { kind: 'documents.process', input: {}, ...body }, ...sent });
    return json.job_id;
  };
  return { clock, store, results, messages, jobs, send, submit, written, router };
}
