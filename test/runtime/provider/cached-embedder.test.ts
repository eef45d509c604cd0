import { CacheError, MemoryCacheStore } from 'plinth-runtime/cache';
import { CachedEmbedder, type Embedder, ProviderError } from 'plinth-runtime/provider';
import { Deadline } from 'plinth-runtime/resilience';
import { Registry } from 'prom-client';
import { fakeVector } from '../../support/fake-provider';
import { ManualClock } from '../../support/manual-clock';

const DAY_MS = 24 * 3_600_000;

class Counted implements Embedder {
  readonly asked: string[][] = [];
  out = false;

  constructor(
    readonly model = 'text-embedding-3-small',
    readonly dimensions = 8,
  ) {}

  embed(texts: readonly string[]) {
    this.asked.push([...texts]);
    if (this.out) return Promise.reject(new ProviderError('provider_timeout', 'the provider is out'));
    return Promise.resolve({ embeddings: texts.map((text) => fakeVector(text, this.dimensions)), cost: texts.length * 14 });
  }
}

describe('CachedEmbedder', () => {
  let clock: ManualClock;
  let store: MemoryCacheStore;
  let provider: Counted;
  let cached: CachedEmbedder;

  beforeEach(() => {
    clock = new ManualClock();
    store = new MemoryCacheStore({ clock });
    provider = new Counted();
    cached = new CachedEmbedder(provider, store);
  });

  const embed = (texts: string[], subject = cached) => subject.embed(texts, { deadline: Deadline.after(1_000, clock) });

  it('AST-2.2 asks for a text once in seven days', async () => {
    const first = await embed(['apple']);
    await clock.advance(7 * DAY_MS - 1);
    const second = await embed(['apple']);
    await clock.advance(1);
    await embed(['apple']);
    expect([first.cost, second.cost, second.cached, provider.asked]).toEqual([14, 0, 1, [['apple'], ['apple']]]);
  });

  it('gives the very numbers that the provider gave', async () => {
    const first = await embed(['apple', 'banana']);
    const second = await embed(['apple', 'banana']);
    expect(second.embeddings).toEqual(first.embeddings);
  });

  it('asks for what is missing only, once each, and answers in the order of the texts', async () => {
    await embed(['banana']);
    const { embeddings, cost, cached: hits } = await embed(['apple', 'banana', 'apple', 'cherry']);
    expect(provider.asked[1]).toEqual(['apple', 'cherry']);
    expect([cost, hits]).toEqual([28, 1]);
    expect(embeddings).toEqual(['apple', 'banana', 'apple', 'cherry'].map((text) => fakeVector(text, 8)));
  });

  it('VEC-2.4 goes on with what it has while the provider is out', async () => {
    await embed(['apple']);
    provider.out = true;
    expect((await embed(['apple'])).cached).toBe(1);
    await expect(embed(['apple', 'banana'])).rejects.toMatchObject({ code: 'provider_timeout' });
  });

  it('keeps the vectors of two models apart', async () => {
    await embed(['apple']);
    const other = new Counted('text-embedding-3-large');
    await embed(['apple'], new CachedEmbedder(other, store));
    const shorter = new Counted('text-embedding-3-small', 4);
    await embed(['apple'], new CachedEmbedder(shorter, store));
    expect([other.asked, shorter.asked]).toEqual([[['apple']], [['apple']]]);
  });

  it('takes 4 bytes a dimension, and keeps no text', async () => {
    const keys: string[] = [];
    const set = jest.spyOn(store, 'set').mockImplementation((key, value) => {
      keys.push(`${key} ${value.length}`);
      return Promise.resolve();
    });
    await embed(['apple']);
    expect(keys[0]).toMatch(/^embedding:[0-9a-f]{64} 32$/);
    set.mockRestore();
  });

  it('asks the provider when the store is away, and says so in its metrics', async () => {
    const registry = new Registry();
    const away = () => Promise.reject(new CacheError('cache_timeout', 'away'));
    jest.spyOn(store, 'get').mockImplementation(away);
    jest.spyOn(store, 'set').mockImplementation(away);
    const { embeddings } = await embed(['apple'], new CachedEmbedder(provider, store, { registry }));
    expect(embeddings).toHaveLength(1);
    expect((await registry.metrics()).split('\n').filter((line) => line.startsWith('embedding_cache'))).toEqual([
      'embedding_cache_outcomes_total{outcome="store_error"} 2',
      'embedding_cache_outcomes_total{outcome="hit"} 0',
      'embedding_cache_outcomes_total{outcome="miss"} 1',
    ]);
  });

  it.each([
    ['too few bytes', Buffer.alloc(31)],
    ['no number', Buffer.alloc(32, 0xff)],
  ])('takes what is no vector for a miss: %s', async (_name, bytes) => {
    jest.spyOn(store, 'get').mockResolvedValue(bytes);
    await embed(['apple']);
    expect(provider.asked).toEqual([['apple']]);
  });
});
