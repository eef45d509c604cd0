import { Registry } from 'prom-client';
import { OpenAiProvider } from 'plinth-runtime/provider';
import { Deadline } from 'plinth-runtime/resilience';
import { errorOf } from '../../support/error-of';
import { fails, FakeProvider, hangs } from '../../support/fake-provider';
import { ManualClock } from '../../support/manual-clock';
import { DIMENSIONS, settingsOf } from './support';

describe('what stands between the callers and the provider', () => {
  let server: FakeProvider;
  let clock: ManualClock;
  let registry: Registry;

  beforeEach(async () => {
    server = await FakeProvider.start(DIMENSIONS);
    clock = new ManualClock({ skipsWaits: true });
    registry = new Registry();
  });

  afterEach(() => server.stop());

  const providerOf = (limits: Parameters<typeof settingsOf>[2] = {}) =>
    new OpenAiProvider(settingsOf(server.url, {}, limits), { clock, registry, random: () => 0.5 });
  const embed = (provider: OpenAiProvider, ms = 600_000) => provider.embed(['apple'], { deadline: Deadline.after(ms, clock) });
  const complete = (provider: OpenAiProvider) =>
    provider.complete({ messages: [{ role: 'user', content: 'Hi' }] }, { deadline: Deadline.after(60_000, clock) });
  const exhausted = async (provider: OpenAiProvider) => {
    for (let call = 0; call < 5; call += 1) await Promise.allSettled([embed(provider), complete(provider)]);
    return provider;
  };
  const metrics = async () => (await registry.metrics()).split('\n').filter((line) => /^(provider|breaker)/.test(line));

  it('lets so many requests run, so many wait, and refuses the next at once', async () => {
    server.always(hangs);
    const provider = providerOf({ concurrency: 2, queue: 1, retries: 0 });
    const all = [embed(provider), embed(provider), embed(provider)].map((work) => errorOf(work));
    await server.received(2);
    await expect(embed(provider)).rejects.toMatchObject({ code: 'bulkhead_full' });
    expect(server.requests).toHaveLength(2);
    await clock.advance(30_000);
    await server.received(3);
    await clock.advance(30_000);
    await Promise.all(all);
  });

  it('REC-14.1 spreads requests over the minute that its limit names', async () => {
    const provider = providerOf({ requestsPerMinute: 60 });
    for (let call = 0; call < 3; call += 1) await embed(provider);
    expect(clock.waits).toEqual([1_000, 1_000]);
  });

  it('REC-14.1 fails at once when the limit leaves no room before the deadline', async () => {
    const provider = providerOf({ requestsPerMinute: 1 });
    await embed(provider);
    await expect(embed(provider, 30_000)).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 60_000 });
    expect(server.requests).toHaveLength(1);
  });

  it('lets nobody wait for a turn while the breaker is open', async () => {
    server.always(fails(500));
    const provider = providerOf({ requestsPerMinute: 60, retries: 0 });
    for (let call = 0; call < 5; call += 1) await errorOf(embed(provider));
    const before = clock.waits.length;
    await expect(embed(provider)).rejects.toMatchObject({ code: 'breaker_open' });
    expect(clock.waits).toHaveLength(before);
  });

  it('keeps embeddings going while chat fails', async () => {
    server.plan(...Array.from({ length: 5 }, () => fails(500)));
    const provider = providerOf({ retries: 0 });
    for (let call = 0; call < 5; call += 1) await errorOf(complete(provider));
    await expect(complete(provider)).rejects.toMatchObject({ code: 'breaker_open' });
    expect((await embed(provider)).embeddings).toHaveLength(1);
  });

  it('VEC-3.1 leaves embeddings alone for 60 s, and AST-4.1 chat for 30 s', async () => {
    server.always(fails(500));
    const { embeddings, chat } = await exhausted(providerOf({ retries: 0 }));
    await clock.advance(30_000);
    const after30 = [embeddings.breaker.state, chat.breaker.state];
    await clock.advance(30_000);
    expect([after30, embeddings.breaker.state]).toEqual([['open', 'half-open'], 'half-open']);
  });

  it('VEC-1.2 reports requests by outcome, retries, cost, breaker and the success rate', async () => {
    const provider = providerOf();
    server.plan(fails(500), fails(429));
    await embed(provider);
    server.plan(fails(400));
    await errorOf(embed(provider));
    expect(await metrics()).toEqual(
      expect.arrayContaining([
        'provider_requests_total{operation="embeddings",outcome="provider_failed"} 1',
        'provider_requests_total{operation="embeddings",outcome="provider_limited"} 1',
        'provider_requests_total{operation="embeddings",outcome="success"} 1',
        'provider_requests_total{operation="embeddings",outcome="provider_refused"} 1',
        'provider_request_duration_seconds_count{operation="embeddings"} 4',
        'provider_retries_total{operation="embeddings"} 2',
        'provider_success_ratio{operation="embeddings"} 0.5',
        'provider_cost_usd_total{operation="embeddings",model="text-embedding-3-small"} 1.4e-7',
        'breaker_state{breaker="provider-embeddings"} 0',
        'breaker_state{breaker="provider-chat"} 0',
      ]),
    );
  });

  it('does not hold a client who went away against the provider', async () => {
    server.always(hangs);
    const provider = providerOf();
    const client = new AbortController();
    const running = errorOf(provider.embed(['apple'], { deadline: Deadline.after(60_000, clock, client.signal) }));
    await server.received(1);
    client.abort(new Error('gone'));
    expect(await running).toMatchObject({ code: 'cancelled' });
    expect((await metrics()).filter((line) => line.startsWith('provider_requests') || line.startsWith('provider_success'))).toEqual([
      'provider_requests_total{operation="embeddings",outcome="cancelled"} 1',
    ]);
  });
});
