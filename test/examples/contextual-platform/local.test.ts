import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { local } from '../../../cli/src/local/command';
import type { LocalEvent } from '../../../cli/src/local';
import { runProgram } from '../../../cli/src/program';
import { type Arrival, Receiver } from '../../../cli/src/listen/receiver';
import { document, DOCUMENTS, keywords, TEXT } from './running';

const folder = mkdtempSync(join(tmpdir(), 'plinth-contextual-'));
const events: LocalEvent[] = [];
let url = '';
let end = () => {};
let ended: Promise<number>;

/** The command as a user calls it, but for the process of its own: nothing here is told of what runs but by its events and over HTTP. */
beforeAll(async () => {
  writeFileSync(join(folder, 'app.env'), 'METRICS_PORT=0\n');
  await new Promise<void>((resolve, reject) => {
    const out = (line: string) => {
      const event = JSON.parse(line) as LocalEvent;
      events.push(event);
      if (event.event === 'ready') resolve();
    };
    ended = runProgram(['local', '--example', 'contextual-platform', '--port', '0', '--env', 'app.env', '--json'], {
      commands: [local],
      directory: folder,
      environment: { PATH: process.env.PATH },
      out,
      err: (line) => events.push({ event: 'failed', reason: line }),
      interrupted: (listener) => {
        end = () => listener(1);
        return () => {};
      },
    });
    ended.then(
      (code) => reject(new Error(`it must run until it is told to end, got exit code ${code}: ${JSON.stringify(events.at(-1))}`)),
      reject,
    );
  });
  url = told('ready').url;
}, 120_000);

afterAll(async () => {
  end();
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

function told<Kind extends LocalEvent['event']>(kind: Kind): Extract<LocalEvent, { event: Kind }> {
  return events.find((event): event is Extract<LocalEvent, { event: Kind }> => event.event === kind)!;
}

const KEY = { 'x-api-key': 'local' };

function post(path: string, body: object, headers: Record<string, string> = KEY): Promise<Response> {
  return fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
}

async function get(path: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(url + path, { headers: KEY });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

interface Job {
  readonly job_id: string;
  readonly status: string;
  readonly result?: { readonly document_id: string; readonly enrichments: object; readonly processing_time_ms: number };
}

/** Asks for a job as a client does that would rather wait than ask again: each answer comes when the job has changed. */
async function endOf(id: string): Promise<{ job: Job; asked: number }> {
  for (let asked = 1; ; asked += 1) {
    const { body } = await get(`/v1/jobs/${id}?wait_ms=10000`);
    const job = body as unknown as Job;
    if (job.status !== 'queued' && job.status !== 'running') return { job, asked };
  }
}

test('is synthesized into the folder that was asked in, and tells the key that it takes', () => {
  expect(told('synthesized')).toMatchObject({ example: 'contextual-platform', assembly: join(folder, 'cdk.out') });
  expect(told('ready')).toMatchObject({ key: 'local', ask: ['/api/health/ready', '/api/openapi.json'] });
});

test('CTX-1.4 enriches a document behind the gateway and keeps it, the same one again from the cache', async () => {
  const first = await post(DOCUMENTS, document());
  const stored = (await first.json()) as { document_id: string; enrichments: object };
  const again = await post(DOCUMENTS, document());

  expect([first.ok, first.headers.get('x-cache'), again.headers.get('x-cache')]).toEqual([true, 'MISS', 'HIT']);
  expect(stored.enrichments).toMatchObject({ taxonomies: [{ label: 'Sports' }] });
  expect(await get(`${DOCUMENTS}/${stored.document_id}`)).toMatchObject({ status: 200, body: { enrichments: stored.enrichments } });
});

test('CTX-3.1 answers a batch per item: what can be done is done', async () => {
  const good = { object_id: 'doc-1', features: [keywords()] };
  const bad = { object_id: 'doc-2', features: [keywords(TEXT, 'v9')] };
  const answer = await post(`${DOCUMENTS}/batch`, { documents: [good, bad] });

  expect([answer.status, await answer.json()]).toEqual([
    207,
    expect.objectContaining({
      succeeded: 1,
      failed: 1,
      items: [
        expect.objectContaining({ index: 0, object_id: 'doc-1', document: expect.objectContaining({ object_id: 'doc-1' }) }),
        expect.objectContaining({ index: 1, object_id: 'doc-2', status: 422, problem: expect.objectContaining({ status: 422 }) }),
      ],
    }),
  ]);
});

test('CTX-4.1 answers async=true at once with job_id, status queued and estimated_time_ms', async () => {
  const webhook = 'https://publisher.example.com/webhooks';
  const answer = await post(`${DOCUMENTS}?async=true`, { document: document('A recipe for bread and soup.'), webhook_url: webhook });
  const job = (await answer.json()) as Job;

  expect([answer.status, job]).toEqual([
    202,
    expect.objectContaining({ job_id: expect.any(String), status: 'queued', estimated_time_ms: expect.any(Number) }),
  ]);
  expect(answer.headers.get('location')).toBe(`/v1/jobs/${job.job_id}`);
  expect((await endOf(job.job_id)).job.status).toBe('succeeded');
});

test('CTX-4.3 a waiting GET tells the result that queue, worker and signed call brought, and the document is there', async () => {
  const answer = await post(`${DOCUMENTS}?async=true`, { document: document('The hotel has rooms for the whole journey.') });
  const { job_id: id } = (await answer.json()) as Job;
  const { job, asked } = await endOf(id);
  const { document_id: made, ...rest } = job.result!;

  expect(job.status).toBe('succeeded');
  // Queued, running, done: more would be asking, not waiting.
  expect(asked).toBeLessThanOrEqual(4);
  expect(rest).toEqual({ enrichments: expect.objectContaining({ keywords: expect.any(Array) }), processing_time_ms: expect.any(Number) });
  expect(await get(`${DOCUMENTS}/${made}`)).toMatchObject({ status: 200, body: { document_id: made, enrichments: rest.enrichments } });
});

test("CTX-4.3 a job is its tenant's: none is found by another id, and without a key nobody is told anything", async () => {
  expect(await get(`/v1/jobs/${'0'.repeat(26)}`)).toMatchObject({ status: 404 });
  expect((await post(`${DOCUMENTS}?async=true`, { document: document() }, {})).status).toBe(401);
});

test('the path of the worker takes no call that is not signed', async () => {
  const answer = await post('/internal/jobs/documents', { tenant_id: 'local', input: {} });

  expect(answer.status).toBe(401);
});

const receivers: Receiver[] = [];

afterEach(() => Promise.all(receivers.splice(0).map((receiver) => receiver.stop())));

/** A receiver on this machine that is registered, and what arrived there, one at a time. */
async function receiverFor(...types: readonly string[]) {
  const arrived: Arrival[] = [];
  let wake = () => {};
  const receiver = new Receiver((arrival) => {
    arrived.push(arrival);
    wake();
  });
  await receiver.start(0);
  const made = await post('/v1/webhooks', { url: receiver.url, events: types });
  const { id, security } = (await made.json()) as { id: string; security: { hmac_secret: string } };
  receiver.trust(security.hmac_secret);
  receivers.push(receiver);
  const arrival = async (at: number): Promise<Arrival> => {
    while (arrived.length <= at) await new Promise<void>((resolve) => (wake = resolve));
    return arrived[at];
  };
  return { id, status: made.status, arrival };
}

test('CTX-4.2 the end of a job is posted, signed, with job_id, status, document_id, enrichments and processing_time_ms', async () => {
  const { id, status, arrival } = await receiverFor('document.completed');
  const answer = await post(`${DOCUMENTS}?async=true`, { document: document('A match of football, and a meal.') });
  const { job_id: jobId } = (await answer.json()) as Job;

  // What happened just before the endpoint was there may be fanned out after, and comes too.
  let at = 0;
  while (!(await arrival(at)).body.includes(jobId)) at += 1;
  const { id: messageId, verdict, body } = await arrival(at);

  expect([status, verdict]).toEqual([201, 'verified']);
  expect(JSON.parse(body)).toEqual({
    type: 'document.completed',
    timestamp: expect.any(String),
    job_id: jobId,
    kind: 'documents.process',
    status: 'completed',
    document_id: expect.any(String),
    enrichments: expect.objectContaining({ keywords: expect.any(Array) }),
    processing_time_ms: expect.any(Number),
  });
  expect(messageId).toMatch(/^msg_/);

  // Told by the sender after the answer came: the row is written when it is.
  for (;;) {
    const { deliveries } = (await get(`/v1/webhooks/${id}/deliveries`)).body as { deliveries: { status: string }[] };
    if (deliveries.length <= at || deliveries.some(({ status: stands }) => stands === 'sending' || stands === 'pending')) continue;
    const success = { id: expect.any(String), status: 'success', attempts: 1, latency_ms: expect.any(Number) };
    expect(deliveries).toEqual(deliveries.map(() => expect.objectContaining(success)));
    break;
  }
});
