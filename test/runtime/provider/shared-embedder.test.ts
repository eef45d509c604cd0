import { MemoryCacheStore } from 'plinth-runtime/cache';
import { embedder, FallbackEmbedder, LocalEmbedder, ProviderError, SharedEmbedder } from 'plinth-runtime/provider';
import { Deadline } from 'plinth-runtime/resilience';
import { errorOf } from '../../support/error-of';
import { embeds, fails, FakeProvider } from '../../support/fake-provider';
import { ManualClock } from '../../support/manual-clock';

const DIMENSIONS = 8;

describe('the embedder of a process', () => {
  let server: FakeProvider;
  let clock: ManualClock;
  let store: MemoryCacheStore;

  beforeEach(async () => {
    server = await FakeProvider.start(DIMENSIONS);
    clock = new ManualClock({ skipsWaits: true });
    store = new MemoryCacheStore({ clock });
  });

  afterEach(() => server.stop());

  const environment = (change: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
    PROVIDER: 'openai',
    OPENAI_API_KEY: 'sk-secret',
    PROVIDER_URL: server.url,
    PROVIDER_EMBEDDING_DIMENSIONS: String(DIMENSIONS),
    PROVIDER_RETRIES: '0',
    ...change,
  });
  const made = (change: NodeJS.ProcessEnv = {}) => embedder(environment(change), { clock, store, random: () => 0.5 });
  const deadline = () => Deadline.after(600_000, clock);
  const outage = async (subject: SharedEmbedder) => {
    server.always(fails(500));
    for (let call = 0; call < 5; call += 1) await errorOf(subject.embed([`text ${call}`], { deadline: deadline() }));
  };

  it('AST-5.1 is made once, and its second use takes under 0.2 s', async () => {
    const own = environment();
    const first = embedder(own, { clock, store });
    await first.embed(['apple'], { deadline: deadline() });
    const began = performance.now();
    const second = embedder(own);
    await second.embed(['apple'], { deadline: deadline() });
    expect(performance.now() - began).toBeLessThan(200);
    expect(second).toBe(first);
  });

  it('AST-5.1 reads its configuration once', () => {
    const read: string[] = [];
    const watched = new Proxy(environment(), {
      get: (target, name: string) => {
        read.push(name);
        return target[name];
      },
    });
    const first = embedder(watched, { clock });
    const reads = read.length;
    expect([embedder(watched, { clock }) === first, read.length]).toEqual([true, reads]);
  });

  it('VEC-2.4 goes on with cached embeddings during an outage, and with the provider after it', async () => {
    const subject = made();
    await subject.embed(['apple'], { deadline: deadline() });
    await outage(subject);
    const asked = server.requests.length;
    const during = await subject.embed(['apple'], { deadline: deadline() });
    await expect(subject.embed(['banana'], { deadline: deadline(), purpose: 'query' })).rejects.toMatchObject({ code: 'breaker_open' });
    expect([during.cached, server.requests.length]).toEqual([1, asked]);
    server.always(embeds(DIMENSIONS));
    await clock.advance(60_000);
    expect((await subject.embed(['banana'], { deadline: deadline() })).cached).toBe(0);
  });

  it('VEC-2.4 answers queries by a substitute that says whose vectors they are, when that is allowed', async () => {
    const subject = made({ PROVIDER_FALLBACK: 'local' });
    await outage(subject);
    const during = await subject.embed(['banana'], { deadline: deadline(), purpose: 'query' });
    server.always(embeds(DIMENSIONS));
    await clock.advance(60_000);
    const after = await subject.embed(['banana'], { deadline: deadline(), purpose: 'query' });
    expect([during.model, during.embeddings[0].length, after.model, after.cached]).toEqual(['local-hashing-1-8', DIMENSIONS, undefined, 0]);
  });

  it.each([undefined, 'document' as const])('never makes vectors of documents by a substitute (%s)', async (purpose) => {
    const subject = made({ PROVIDER_FALLBACK: 'local' });
    await outage(subject);
    await expect(subject.embed(['banana'], { deadline: deadline(), purpose })).rejects.toMatchObject({ code: 'breaker_open' });
  });

  it('does not substitute for a mistake of the caller', async () => {
    const subject = made({ PROVIDER_FALLBACK: 'local' });
    server.always(fails(400));
    await expect(subject.embed(['banana'], { deadline: deadline(), purpose: 'query' })).rejects.toMatchObject({ code: 'provider_refused' });
    await expect(subject.embed([''], { deadline: deadline(), purpose: 'query' })).rejects.toMatchObject({ code: 'provider_input' });
  });

  it('warns in its health while the provider is left alone', async () => {
    const subject = made();
    const before = subject.health();
    await outage(subject);
    expect([before, subject.health()]).toEqual([
      { status: 'ok' },
      { status: 'warn', reason: 'provider-embeddings is left alone after repeated failures (open)' },
    ]);
  });

  it('boots without a key, locally, with a warning', async () => {
    const subject = embedder({});
    const { embeddings } = await subject.embed(['apple'], { deadline: deadline() });
    expect([subject.model, subject.dimensions, embeddings[0].length, subject.health()]).toEqual([
      'local-hashing-1-1536',
      1_536,
      1_536,
      { status: 'warn', reason: 'no key of the provider is set, so local embeddings are used; put the key into its secret' },
    ]);
  });

  it('refuses a substitute of other dimensions', () => {
    expect(() => new FallbackEmbedder(new LocalEmbedder(8), new LocalEmbedder(4))).toThrow(
      'FallbackEmbedder: the substitute must have 8 dimensions as local-hashing-1-8 has, got 4; give it the same',
    );
  });

  it('tells of each answer of the substitute', async () => {
    const told: unknown[] = [];
    const out = { model: 'out', dimensions: 8, embed: () => Promise.reject(new ProviderError('provider_timeout', 'the provider is out')) };
    const fallback = new FallbackEmbedder(out, new LocalEmbedder(8), { onSubstitute: (error) => told.push(error) });
    await fallback.embed(['apple'], { deadline: deadline(), purpose: 'query' });
    expect(told).toMatchObject([{ code: 'provider_timeout' }]);
  });
});
