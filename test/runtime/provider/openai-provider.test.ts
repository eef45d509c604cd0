import { inspect } from 'node:util';
import { OpenAiProvider, type ProviderError } from 'plinth-runtime/provider';
import { Deadline } from 'plinth-runtime/resilience';
import { answers, type Behaviour, fails, FakeProvider, fakeVector, hangs, resets } from '../../support/fake-provider';
import { errorOf } from '../../support/error-of';
import { ManualClock } from '../../support/manual-clock';
import { DIMENSIONS, settingsOf } from './support';

const endsEarly: Behaviour = (response) => {
  response.writeHead(200, { 'content-length': '100' }).write('{"data"', () => response.socket?.destroy());
};
const TEXTS = ['apple', 'banana', 'cherry'];

describe('OpenAiProvider', () => {
  let server: FakeProvider;
  let clock: ManualClock;

  beforeEach(async () => {
    server = await FakeProvider.start(DIMENSIONS);
    clock = new ManualClock({ skipsWaits: true, now: Date.UTC(2026, 0, 1, 12) });
  });

  afterEach(() => server.stop());

  const providerOf = (change: Parameters<typeof settingsOf>[1] = {}, limits: Parameters<typeof settingsOf>[2] = {}) =>
    new OpenAiProvider(settingsOf(server.url, change, limits), { clock, random: () => 0.5 });
  const deadline = (ms = 600_000) => Deadline.after(ms, clock);
  const embed = (provider = providerOf(), ms?: number) => provider.embed(['apple'], { deadline: deadline(ms) });

  it('REC-14.1 embeds texts in their order, whatever the order of the answer', async () => {
    const { embeddings } = await providerOf().embed(TEXTS, { deadline: deadline() });
    expect(embeddings).toEqual(TEXTS.map((text) => fakeVector(text, DIMENSIONS)));
  });

  it('sends the key, the model and the dimensions, and no more', async () => {
    await embed();
    const [{ path, headers, body }] = server.requests;
    expect([path, headers.authorization, body]).toEqual([
      '/v1/embeddings',
      'Bearer sk-secret',
      { model: 'text-embedding-3-small', input: ['apple'], encoding_format: 'float', dimensions: DIMENSIONS },
    ]);
  });

  it('AST-1.3 tells the cost of a call in units of 1e-8 USD', async () => {
    const { cost } = await providerOf().embed(TEXTS, { deadline: deadline() });
    // 21 tokens at 0.02 USD a million.
    expect(cost).toBe(42);
  });

  it('cuts many texts into requests', async () => {
    const texts = [...TEXTS, ...TEXTS, 'date'];
    const { embeddings, cost } = await providerOf().embed(texts, { deadline: deadline() });
    expect([server.requests.map(({ body }) => body.input?.length), embeddings.length, cost]).toEqual([[3, 3, 1], 7, 98]);
  });

  it('asks nothing for no texts', async () => {
    expect([await providerOf().embed([], { deadline: deadline() }), server.requests]).toEqual([{ embeddings: [], cost: 0 }, []]);
  });

  it.each([
    ['', 'embed: text 1 must take 1 to 1000 bytes, got 0; leave it out or cut it'],
    ['x'.repeat(1_001), 'embed: text 1 must take 1 to 1000 bytes, got 1001; leave it out or cut it'],
  ])('refuses a text of the wrong length by its place', async (text, message) => {
    await expect(providerOf().embed(['apple', text], { deadline: deadline() })).rejects.toMatchObject({ code: 'provider_input', message });
    expect(server.requests).toEqual([]);
  });

  it('REC-14.1 tries a provider that fails four times in all, with doubling waits', async () => {
    server.always(fails(500));
    const { code, status } = await errorOf<ProviderError>(embed());
    expect([code, status, server.requests.length, clock.waits]).toEqual(['provider_failed', 500, 4, [250, 500, 1_000]]);
  });

  it.each<[string, Behaviour, string, number]>([
    ['a reset', resets, 'provider_unreachable', 4],
    ['an answer that ends early', endsEarly, 'provider_unreachable', 4],
    ['503', fails(503), 'provider_failed', 4],
    ['408', fails(408), 'provider_failed', 4],
    ['429', fails(429), 'provider_limited', 4],
    ['400', fails(400), 'provider_refused', 1],
    ['401', fails(401), 'provider_unauthorized', 1],
    ['a redirect', (response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(), 'provider_unreachable', 4],
    ['HTML', (response) => response.writeHead(200).end('<html>'), 'provider_garbage', 1],
  ])('answers to %s by an error of its own and as many attempts as are worth it', async (_name, behaviour, code, attempts) => {
    server.always(behaviour);
    const error = await errorOf<ProviderError>(embed());
    expect([error.code, server.requests.length]).toEqual([code, attempts]);
  });

  it('recovers from failures within its retries', async () => {
    server.plan(fails(500), resets, fails(429));
    expect((await embed()).embeddings).toHaveLength(1);
  });

  it.each([
    ['seconds', '7', 7_250],
    ['a date', 'Thu, 01 Jan 2026 12:00:09 GMT', 9_250],
    ['a date that has passed', 'Thu, 01 Jan 2026 11:59:00 GMT', 250],
    ['nonsense', 'soon', 250],
  ])('REC-14.1 never comes back before what Retry-After asks in %s', async (_form, header, waitMs) => {
    server.plan(fails(429, { 'retry-after': header }));
    await embed();
    expect(clock.waits).toEqual([waitMs]);
  });

  it('REC-14.1 gives up at once when Retry-After lies past the deadline', async () => {
    server.always(fails(429, { 'retry-after': '60' }));
    const error = await errorOf<ProviderError>(embed(providerOf(), 30_000));
    expect([error.code, error.retryAfterMs, server.requests.length, clock.waits]).toEqual(['provider_limited', 60_000, 1, []]);
  });

  it.each<[string, Behaviour]>([
    ['never answers', hangs],
    ['drips for ever', (response) => response.writeHead(200).write('{')],
  ])('REC-14.1 gives up after 30 s on a provider that %s, and ends the connection', async (_name, behaviour) => {
    let closed: Promise<void> | undefined;
    server.always((response, request) => {
      closed = new Promise((resolve) => response.on('close', resolve));
      behaviour(response, request);
    });
    const running = errorOf<ProviderError>(embed(providerOf({}, { retries: 0 })));
    await server.received(1);
    await clock.advance(29_999);
    const before = clock.sleeping;
    await clock.advance(1);
    const { code, message } = await running;
    await closed;
    expect([before, code, message]).toEqual([
      2,
      'provider_timeout',
      'the provider gave no answer within 30000 ms; it is slow or the deadline is short',
    ]);
  });

  it.each([
    [5_000, false],
    [900, true],
  ])('REC-14.1 is cut by the deadline of the request (%d ms), which tells of the provider unless it is short', async (ms, inconclusive) => {
    server.always(hangs);
    const running = errorOf<ProviderError>(embed(providerOf(), ms));
    await server.received(1);
    await clock.advance(ms);
    const error = await running;
    expect([error.code, error.inconclusive, server.requests.length]).toEqual(['provider_timeout', inconclusive, 1]);
  });

  it('REC-14.1 opens its breaker after 5 failures and asks no more', async () => {
    server.always(fails(500));
    const provider = providerOf();
    await errorOf<ProviderError>(embed(provider));
    await errorOf<ProviderError>(embed(provider));
    const { code } = await errorOf<ProviderError>(embed(provider));
    expect([code, server.requests.length, provider.embeddings.breaker.state]).toEqual(['breaker_open', 5, 'open']);
  });

  it('AST-8.2 goes on by itself when the provider is back', async () => {
    server.plan(...Array.from({ length: 5 }, () => fails(500)));
    const provider = providerOf({}, { halfOpenAfterMs: 30_000 });
    await errorOf<ProviderError>(embed(provider));
    await errorOf<ProviderError>(embed(provider));
    await clock.advance(30_000);
    await embed(provider);
    expect(provider.embeddings.breaker.state).toBe('closed');
  });

  it('keeps key, text and the words of the provider out of its errors', async () => {
    server.always(fails(401));
    const error = await errorOf<ProviderError>(embed());
    expect(error.message).toBe('the provider answered 401 (server_error); put the key of the provider into its secret');
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/sk-secret|apple|secret text/);
  });

  it('completes a chat', async () => {
    const choice = { index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' };
    server.plan(answers({ choices: [choice], usage: { prompt_tokens: 10, completion_tokens: 3 } }));
    const messages = [{ role: 'user', content: 'Hi' }] as const;
    const completion = await providerOf().complete({ messages, maxTokens: 5 }, { deadline: deadline() });
    // 10 tokens at 0.15 and 3 at 0.60 USD a million.
    expect(completion).toEqual({ text: 'Hello', finishReason: 'stop', tokens: { input: 10, output: 3 }, cost: 330 });
    expect([server.requests[0].path, server.requests[0].body]).toEqual([
      '/v1/chat/completions',
      { model: 'gpt-4o-mini', messages, max_completion_tokens: 5, stream: false },
    ]);
  });
});
