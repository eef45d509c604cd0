import { MemorySeenStore, type SeenStore, webhookHeaders, type WebhookVerificationError } from 'plinth-runtime/signing';
import { errorOf } from '../../support/error-of';
import { clockAt, NOW, v1, VECTOR, verifier } from './support';

const { message } = VECTOR;
const sent = (timestamp = NOW, secret = VECTOR.secret) => webhookHeaders({ ...message, timestamp }, [v1(secret)]);
const codeOf = async (work: Promise<unknown>) => (await errorOf<WebhookVerificationError>(work)).code;

function receiver(options: { maxIds?: number; seenForSeconds?: number } = {}) {
  const clock = clockAt(NOW);
  const seen = new MemorySeenStore({ clock, maxIds: options.maxIds });
  return { clock, seen, webhooks: verifier({ clock, seen, seenForSeconds: options.seenForSeconds }) };
}

describe('verify', () => {
  test('takes an id once, whatever the time of the attempt', async () => {
    const { webhooks, clock } = receiver();
    await webhooks.verify(sent(), message.body);
    await clock.advance(60_000);
    await expect(webhooks.verify(sent(NOW + 60), message.body)).rejects.toThrow('webhook-id: was processed before; answer 200');
    expect(await codeOf(webhooks.verify(sent(), message.body))).toBe('duplicate');
  });

  test('takes one of a hundred at once', async () => {
    const { webhooks } = receiver();
    const results = await Promise.allSettled(Array.from({ length: 100 }, () => webhooks.verify(sent(), message.body)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('marks no id whose signature does not match: nobody else uses it up', async () => {
    const { webhooks, seen } = receiver();
    expect(await codeOf(webhooks.verify(sent(NOW, 'another secret, of 24'), message.body))).toBe('no-match');
    expect(await codeOf(webhooks.verify(sent(NOW - 301), message.body))).toBe('too-old');
    expect(seen.size).toBe(0);
    await expect(webhooks.verify(sent(), message.body)).resolves.toMatchObject({ id: message.id });
  });

  test('takes an id again that was forgotten as its processing failed', async () => {
    const { webhooks } = receiver();
    await webhooks.verify(sent(), message.body);
    await webhooks.forget(message.id);
    await expect(webhooks.verify(sent(), message.body)).resolves.toMatchObject({ id: message.id });
  });

  test('takes an id again after its time, a day', async () => {
    const { webhooks, clock } = receiver();
    await webhooks.verify(sent(), message.body);
    await clock.advance(86_399_000);
    expect(await codeOf(webhooks.verify(sent(NOW + 86_399), message.body))).toBe('duplicate');
    await clock.advance(1000);
    await expect(webhooks.verify(sent(NOW + 86_400), message.body)).resolves.toMatchObject({ id: message.id });
  });

  test('passes on that the store is away: no webhook counts as new', async () => {
    const away = () => Promise.reject(new Error('store away'));
    const seen: SeenStore = { mark: away, remark: away, forget: away };
    await expect(verifier({ seen }).verify(sent(), message.body)).rejects.toThrow('store away');
  });
});

describe('receive', () => {
  test('counts an id as processed when the work is done, and gives what it gave', async () => {
    const { webhooks } = receiver();
    await expect(webhooks.receive(sent(), message.body, ({ id }) => `did ${id}`)).resolves.toBe(`did ${message.id}`);
    expect(await codeOf(webhooks.receive(sent(), message.body, () => 'again'))).toBe('duplicate');
  });

  test('frees an id whose work failed', async () => {
    const { webhooks } = receiver();
    await expect(webhooks.receive(sent(), message.body, () => Promise.reject(new Error('disk full')))).rejects.toThrow('disk full');
    await expect(webhooks.receive(sent(), message.body, () => 'done')).resolves.toBe('done');
  });

  test('tells one that is being processed from one that was, until the process must have died', async () => {
    const { webhooks, clock } = receiver();
    void webhooks.receive(sent(), message.body, () => new Promise(() => {}));
    await clock.advance(59_999);
    await expect(webhooks.receive(sent(), message.body, () => 'two')).rejects.toThrow(
      'webhook-id: is being processed; answer 503 with Retry-After',
    );
    expect(await codeOf(webhooks.verify(sent(), message.body))).toBe('in-progress');
    await clock.advance(1);
    await expect(webhooks.receive(sent(), message.body, () => 'two')).resolves.toBe('two');
  });

  test('fails with what the work failed with when the store is away then', async () => {
    const away = () => Promise.reject(new Error('store away'));
    const seen: SeenStore = { mark: () => Promise.resolve(undefined), remark: away, forget: away };
    await expect(verifier({ seen }).receive(sent(), message.body, () => Promise.reject(new Error('disk full')))).rejects.toThrow(
      'disk full',
    );
    await expect(verifier({ seen }).receive(sent(), message.body, () => 'done')).rejects.toThrow('store away');
  });

  test('does the work without a store too', async () => {
    await expect(verifier().receive(sent(), message.body, () => 'done')).resolves.toBe('done');
    await expect(verifier().receive(sent(), message.body, () => 'again')).resolves.toBe('again');
  });
});

describe('the store in memory', () => {
  test('keeps its bound, and counts what went before its time', async () => {
    const seen = new MemorySeenStore({ clock: clockAt(NOW), maxIds: 3 });
    for (const id of ['a', 'b', 'c', 'd']) await seen.mark(id, 'processed', 1000);
    expect([seen.size, seen.evicted]).toEqual([3, 1]);
    await expect(seen.mark('b', 'processed', 1000)).resolves.toBe('processed');
    await expect(seen.mark('a', 'processed', 1000)).resolves.toBeUndefined();
  });

  test('drops what has ended before what has not', async () => {
    const clock = clockAt(NOW);
    const seen = new MemorySeenStore({ clock, maxIds: 2 });
    await seen.mark('a', 'processed', 1000);
    await clock.advance(1000);
    for (const id of ['b', 'c']) await seen.mark(id, 'processed', 1000);
    expect([seen.size, seen.evicted]).toEqual([2, 0]);
  });

  test.each([0, 1.5])('is not made for %d ids', (maxIds) => {
    expect(() => new MemorySeenStore({ clock: clockAt(NOW), maxIds })).toThrow(
      `MemorySeenStore: maxIds must be a whole number of at least 1, got ${maxIds}; give how many ids to keep`,
    );
  });
});
