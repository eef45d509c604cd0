import { type Behaviour, answers, FakeProvider, fakeVector } from '../../support/fake-provider';
import { OpenAiProvider } from 'plinth-runtime/provider';
import { Deadline } from 'plinth-runtime/resilience';
import { ManualClock } from '../../support/manual-clock';
import { DIMENSIONS, settingsOf } from './support';

const usage = { prompt_tokens: 7 };
const vector = fakeVector('apple', DIMENSIONS);
const of = (...data: unknown[]) => answers({ data, usage });
const wide = Array.from({ length: DIMENSIONS }, () => 1e39);
const ADVICE = '; look at the model and its dimensions';

describe('an answer that is not as promised', () => {
  let server: FakeProvider;
  let clock: ManualClock;

  beforeAll(async () => {
    server = await FakeProvider.start(DIMENSIONS);
  });

  beforeEach(() => {
    clock = new ManualClock();
  });

  afterAll(() => server.stop());

  const providerOf = () => new OpenAiProvider(settingsOf(server.url), { clock, random: () => 0.5 });
  const deadline = () => Deadline.after(60_000, clock);

  it.each<[string, Behaviour, string]>([
    ['a list', answers([]), 'the answer must be an object, got object'],
    ['no data', answers({ usage }), 'data must be a list, got undefined'],
    ['too few', of(), 'data must be 2 embeddings, got 0'],
    ['too many', of({}, {}, {}), 'data must be 2 embeddings, got 3'],
    ['no object', of(null, {}), 'data must be an object, got null'],
    ['no index', of({ embedding: vector }, {}), 'index must be 0 to 1, got undefined'],
    ['an index beyond', of({ index: 2, embedding: vector }, {}), 'index must be 0 to 1, got another number'],
    [
      'an index twice',
      of({ index: 0, embedding: vector }, { index: 0, embedding: vector }),
      'index must be different in each embedding, got 0 twice',
    ],
    ['no vector', of({ index: 0 }, {}), 'embedding must be a list, got undefined'],
    ['wrong dimensions', of({ index: 0, embedding: [1, 2] }, {}), 'embedding must be 8 dimensions, got 2'],
    ['texts for numbers', of({ index: 0, embedding: vector.map(String) }, {}), 'embedding must be finite numbers, got others'],
    ['numbers too wide', of({ index: 0, embedding: wide }, {}), 'embedding must be finite numbers, got others'],
    ['a null vector', of({ index: 0, embedding: vector.map(() => 0) }, {}), 'embedding must be a direction, got zeros only'],
    ['no usage', answers({ data: [0, 1].map((index) => ({ index, embedding: vector })) }), 'usage must be an object, got undefined'],
    [
      'a negative usage',
      answers({ data: [0, 1].map((index) => ({ index, embedding: vector })), usage: { prompt_tokens: -1 } }),
      'prompt_tokens must be a whole number, got another number',
    ],
  ])('is an error of its own, counts as a failure and is not asked for again: %s', async (_name, behaviour, message) => {
    server.plan(behaviour);
    const before = server.requests.length;
    const failed = providerOf().embed(['apple', 'banana'], { deadline: deadline() });
    await expect(failed).rejects.toMatchObject({ code: 'provider_garbage', message: `the provider's answer: ${message}${ADVICE}` });
    expect(server.requests.length - before).toBe(1);
  });

  it('opens the breaker when it comes five times', async () => {
    const provider = providerOf();
    server.plan(...Array.from({ length: 5 }, () => of()));
    for (let time = 0; time < 5; time += 1) {
      await expect(provider.embed(['apple'], { deadline: deadline() })).rejects.toMatchObject({ code: 'provider_garbage' });
    }
    expect(provider.embeddings.breaker.state).toBe('open');
  });

  it('ends a body that is larger than allowed, without reading it', async () => {
    let sent = 0;
    let closed: Promise<void> | undefined;
    server.plan((response) => {
      closed = new Promise((resolve) => response.on('close', resolve));
      const more = () => {
        while (!response.destroyed) {
          sent += 65_536;
          if (!response.write(Buffer.alloc(65_536, 'x'))) return response.once('drain', more);
        }
        return response;
      };
      more();
    });
    await expect(providerOf().embed(['apple'], { deadline: deadline() })).rejects.toMatchObject({
      code: 'provider_garbage',
      message: 'the provider must answer in at most 100000 bytes, got more; ask for less at once',
    });
    await closed;
    expect(sent).toBeLessThan(50_000_000);
  });

  it('reads no more of an error than it needs', async () => {
    server.plan(answers({ error: { code: 'x'.repeat(20_000) } }, 400));
    await expect(providerOf().embed(['apple'], { deadline: deadline() })).rejects.toMatchObject({
      code: 'provider_refused',
      message: 'the provider answered 400; look at the model and the settings',
    });
  });

  it.each<[string, unknown, string]>([
    ['no choice', { choices: [] }, 'choices must be an object, got undefined'],
    ['no message', { choices: [{}] }, 'message must be an object, got undefined'],
    ['no text', { choices: [{ message: { content: null }, finish_reason: 'stop' }] }, 'content must be a text, got null'],
    ['no reason', { choices: [{ message: { content: 'Hi' } }] }, 'finish_reason must be a word, got undefined'],
    [
      'half a usage',
      { choices: [{ message: { content: 'Hi' }, finish_reason: 'stop' }], usage },
      'completion_tokens must be a whole number, got undefined',
    ],
  ])('is an error for a chat too: %s', async (_name, answer, message) => {
    server.plan(answers(answer));
    const failed = providerOf().complete({ messages: [{ role: 'user', content: 'Hi' }] }, { deadline: deadline() });
    await expect(failed).rejects.toMatchObject({ code: 'provider_garbage', message: `the provider's answer: ${message}${ADVICE}` });
  });
});
