import { MAX_BATCH } from '../../../examples/contextual-platform/service/api/operations';
import type { DocumentView } from '../../../examples/contextual-platform/service/documents';
import { KeywordExtractor } from '../../../examples/contextual-platform/service/extractors/keywords';
import { ExtractorRegistry } from '../../../examples/contextual-platform/service/extractors/registry';
import { ManualClock } from '../../support/manual-clock';
import { FakeExtractor } from './fakes';
import { document, DOCUMENTS, keywords, type Running, startService, stopServices, taxonomy } from './running';

const BATCH = `${DOCUMENTS}/batch`;

interface Item {
  readonly index: number;
  readonly object_id?: string;
  readonly status: number;
  readonly document?: DocumentView;
  readonly problem?: { readonly type: string; readonly errors?: readonly { readonly field: string; readonly allowed: string }[] };
}

interface Batch {
  readonly succeeded: number;
  readonly failed: number;
  readonly items: readonly Item[];
}

afterEach(stopServices);

const send = async (api: Running, documents: readonly unknown[]) => {
  const response = await api.post(BATCH, { documents });
  return { status: response.status, batch: (await response.json()) as Batch };
};

const many = (count: number) => Array.from({ length: count }, (_, at) => ({ object_id: `doc${at}`, features: [keywords(`text ${at}`)] }));

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise(setImmediate);
}

/** A service whose keywords take 1,500 ms each by its own clock, or wait for something else. */
async function slowService(work?: (ms: Promise<void>, signal: AbortSignal) => Promise<void>) {
  const clock = new ManualClock();
  const wait = work ?? ((ms) => ms);
  const slow = new FakeExtractor('keywords', 'v1.0', async (_, signal) => {
    await wait(clock.sleep(1_500, signal), signal);
    return { keywords: [] };
  });
  return { clock, slow, api: await startService({ clock, extractors: new ExtractorRegistry([slow]) }) };
}

test('CTX-3.1 answers each document in the order they came', async () => {
  const api = await startService();
  const { status, batch } = await send(api, [
    { object_id: 'doc1', ...document() },
    { object_id: 'doc2', ...document('a recipe for bread') },
  ]);

  expect([status, batch.succeeded, batch.failed]).toEqual([207, 2, 0]);
  expect(batch.items.map(({ index, object_id, status: of }) => [index, object_id, of])).toEqual([
    [0, 'doc1', 200],
    [1, 'doc2', 200],
  ]);
  expect(batch.items[1].document?.enrichments.taxonomies).toEqual([{ label: 'Food', score: 1 }]);
  const alone = await api.request(`${DOCUMENTS}/${batch.items[0].document?.document_id}`);
  expect(await alone.json()).toEqual(batch.items[0].document);
});

test('CTX-3.1 bad documents are named and leave the others as they are', async () => {
  const api = await startService();
  const { status, batch } = await send(api, [
    { object_id: 'good', ...document() },
    { ...document() },
    { object_id: 'unknown', features: [{ feature_extractor_id: 'sentiment', version: 'v1', payload: { text: 'a' } }] },
    { object_id: 'version', features: [keywords(), taxonomy('a', 'v9')] },
    'nothing',
    { object_id: 'good', ...document('again') },
  ]);

  expect([status, batch.succeeded, batch.failed]).toEqual([207, 1, 5]);
  expect(batch.items.map(({ status: of }) => of)).toEqual([200, 422, 422, 422, 422, 422]);
  expect(batch.items.slice(1).map(({ problem }) => problem?.errors?.map(({ field }) => field))).toEqual([
    ['documents[1].object_id'],
    ['documents[2].features[0].feature_extractor_id'],
    ['documents[3].features[1].version'],
    ['documents[4]'],
    ['documents[5].object_id'],
  ]);
  expect(batch.items[3].problem?.errors?.[0].allowed).toBe('one of "v2.0", "v2.1" for taxonomy');
  expect(api.documents.writes).toBe(1);
});

test('CTX-3.1 a full batch takes as long as one document', async () => {
  const { clock, slow, api } = await slowService();
  const startedAt = clock.now();
  const answer = send(api, many(MAX_BATCH));
  await until(() => slow.running === MAX_BATCH);
  await clock.advance(1_500);

  expect((await answer).batch.succeeded).toBe(MAX_BATCH);
  expect(clock.now() - startedAt).toBe(1_500);
});

test('CTX-3.1 batches share one pool of workers and its bound', async () => {
  const { clock, slow, api } = await slowService();
  const other = (tag: string) => many(MAX_BATCH).map(({ object_id }) => ({ object_id, features: [keywords(`${tag} ${object_id}`)] }));
  const answers = [send(api, other('first')), send(api, other('second'))];
  await until(() => slow.running === MAX_BATCH);
  const before = slow.calls;
  // The second batch waits in the queue until the first is done.
  await until(() => clock.sleeping > MAX_BATCH);
  await clock.advance(1_500);
  await until(() => slow.calls === 2 * MAX_BATCH);
  await clock.advance(1_500);

  expect((await Promise.all(answers)).map(({ batch }) => batch.succeeded)).toEqual([MAX_BATCH, MAX_BATCH]);
  expect([before, slow.most]).toEqual([MAX_BATCH, MAX_BATCH]);
});

test('one more than the maximum is refused as a whole, and nothing is written', async () => {
  const api = await startService();
  const response = await api.post(BATCH, { documents: many(MAX_BATCH + 1) });

  expect([response.status, await response.json()]).toEqual([
    422,
    expect.objectContaining({
      errors: [{ field: 'documents', allowed: `a list of 1 to ${MAX_BATCH} values (documents)`, given: 'a list of 33' }],
    }),
  ]);
  expect(api.documents.writes).toBe(0);
});

test('a document that fails by our own fault is 500, is logged without its text, and leaves the others', async () => {
  const keywordsOf = new KeywordExtractor();
  const broken = new FakeExtractor('keywords', 'v1.0', async (payload) => {
    if (payload.text.includes('secret')) throw new TypeError('cannot read secret');
    return keywordsOf.extract(payload);
  });
  const api = await startService({ extractors: new ExtractorRegistry([broken]) });
  const { batch } = await send(api, [
    { object_id: 'a', features: [keywords('secret')] },
    { object_id: 'b', features: [keywords('plain')] },
  ]);

  expect(batch.items.map(({ status, problem }) => [status, problem?.type])).toEqual([
    [500, 'urn:plinth:problem:internal'],
    [200, undefined],
  ]);
  expect(api.log.join('')).toContain('"error":"TypeError"');
  expect(api.log.join('')).not.toContain('secret');
});

test('documents that are not done when the time is up are 504, and the rest is answered', async () => {
  const quick = new Set(['text 0', 'text 2']);
  const clock = new ManualClock();
  const stuck = new FakeExtractor('keywords', 'v1.0', async ({ text }) => (quick.has(text) ? {} : new Promise(() => {})));
  const api = await startService({ clock, extractors: new ExtractorRegistry([stuck]) });
  const answer = send(api, many(3));
  await until(() => stuck.calls === 3);
  await clock.advance(24_600);

  expect((await answer).batch.items.map(({ status }) => status)).toEqual([200, 504, 200]);
});

test('while the database is away, every document says so', async () => {
  const api = await startService();
  api.documents.away = true;
  const { status, batch } = await send(api, many(2));

  expect([status, batch.items.map((item) => item.status)]).toEqual([207, [503, 503]]);
});
