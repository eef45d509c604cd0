import type { PostRequest } from 'plinth-runtime/webhooks';
import { faultyStore, type Strike } from './faulty';
import { answer, world } from './world';

/** Long enough for any lease to run out and for the sweeper to look. */
const MINUTES = 4;

/** One delivery whose first sender ends at a call of its store, or while it posts; another goes on. */
async function killedAt(where: { readonly call?: number; readonly post?: 'before' | 'after' }) {
  const of = world({ webhooks: { cacheMs: 0 } });
  const { id } = await of.ready();
  of.hints.take();
  let calls = 0;
  const hang: Strike = () => {
    calls += 1;
    return calls === where.call ? 'hang' : undefined;
  };
  const post = async (request: PostRequest) => {
    if (where.post === 'before') return new Promise<never>(() => undefined);
    const answered = await of.receiver.post(request);
    return where.post === 'after' ? new Promise<never>(() => undefined) : answered;
  };
  const doomed = of.another({ store: faultyStore(of.store, hang), cacheMs: 0 }, { fetch: { post } });
  void doomed.run(id, 'deliver');
  await of.clock.advance(0);
  await of.pass(MINUTES);
  const [delivery] = await of.deliveries();
  return { ...of, delivery, calls, outcomes: delivery.attempts.map(({ outcome }) => outcome) };
}

describe('failure mode 1: a sender that is killed', () => {
  test('before it posts leaves an unknown attempt, and the message arrives once', async () => {
    const { delivery, outcomes, receiver, told } = await killedAt({ post: 'before' });
    expect(delivery).toMatchObject({ state: 'succeeded', attempt: 2, spent: 1 });
    expect(outcomes).toEqual(['unknown', 'ok']);
    expect(receiver.got).toHaveLength(1);
    expect(told('unknown-attempt')).toHaveLength(1);
  });

  test('after it posted leaves an unknown attempt, and the message arrives twice under one id', async () => {
    const { delivery, outcomes, receiver } = await killedAt({ post: 'after' });
    expect(outcomes).toEqual(['unknown', 'ok']);
    expect(receiver.ids).toEqual([delivery.messageId, delivery.messageId]);
  });

  test('at any call of the store: it arrives, and twice only where the log says unknown', async () => {
    const { calls } = await killedAt({});
    expect(calls).toBeGreaterThanOrEqual(7);
    const seen = new Set<string>();
    for (let call = 1; call <= calls; call += 1) {
      const { delivery, outcomes, receiver } = await killedAt({ call });
      expect(delivery.state).toBe('succeeded');
      expect(receiver.got.length).toBeGreaterThanOrEqual(1);
      expect(receiver.got.length).toBeLessThanOrEqual(outcomes.length);
      seen.add(outcomes.join());
    }
    // Killed before the claim, between claim and record, and after the record.
    expect([...seen].toSorted()).toEqual(['ok', 'unknown,ok']);
  });

  test('whoever is killed again and again on one message is given longer and longer pauses', async () => {
    const of = world({ webhooks: { cacheMs: 0 } });
    const { id } = await of.ready();
    of.hints.take();
    const post = () => new Promise<never>(() => undefined);
    for (let nth = 0; nth < 400; nth += 1) {
      void of.another({ cacheMs: 0 }, { fetch: { post } }).run(id, 'deliver');
      await of.clock.advance(0);
      await of.clock.advance(26_000);
    }
    const [delivery] = await of.deliveries();
    const gaps = delivery.attempts.slice(1).map(({ startedAt }, at) => startedAt - delivery.attempts[at].startedAt);
    expect(delivery.attempt).toBeLessThan(20);
    expect(Math.max(...gaps)).toBeGreaterThan(1_000_000);
    expect(delivery.spent).toBe(0);
  });
});

describe('failure mode 4: a worker that outlives its lease', () => {
  test('cannot record once another has claimed', async () => {
    const of = world({ webhooks: { cacheMs: 0 } });
    const { id } = await of.ready();
    of.hints.take();
    let release: (status: number) => void = () => undefined;
    const post = () => new Promise<ReturnType<typeof answer>>((resolve) => (release = (status) => resolve(answer(status))));
    const late = of.another({ cacheMs: 0 }, { fetch: { post } }).run(id, 'deliver');
    await of.clock.advance(0);
    await of.clock.advance(25_001);
    const next = await of.deliverer.run(id, 'deliver');
    release(500);

    expect(await late).toEqual({ type: 'superseded' });
    expect(next).toMatchObject({ type: 'sent', delivery: { state: 'succeeded' } });
    const [delivery] = await of.deliveries();
    expect(delivery.attempts.map(({ outcome }) => outcome)).toEqual(['unknown', 'ok']);
    expect((await of.gate())!.slots).toEqual([]);
  });

  test('cannot record while another is at it', async () => {
    const of = world({ webhooks: { cacheMs: 0 } });
    const { id } = await of.ready();
    of.hints.take();
    const answers: ((status: number) => void)[] = [];
    const post = () => new Promise<ReturnType<typeof answer>>((resolve) => answers.push((status) => resolve(answer(status))));
    const sender = of.another({ cacheMs: 0 }, { fetch: { post } });
    const late = sender.run(id, 'deliver');
    await of.clock.advance(0);
    await of.clock.advance(25_001);
    const next = sender.run(id, 'deliver');
    await of.clock.advance(0);
    answers[0](200);
    expect(await late).toEqual({ type: 'superseded' });
    expect((await of.deliveries())[0]).toMatchObject({ state: 'sending', attempt: 2 });
    answers[1](500);
    expect(await next).toMatchObject({ type: 'sent', delivery: { state: 'retrying', spent: 1 } });
  });

  test('can as long as nobody has: what is known is better than unknown', async () => {
    const of = world({ webhooks: { cacheMs: 0 } });
    const { id } = await of.ready();
    of.hints.take();
    let release: () => void = () => undefined;
    const post = () => new Promise<ReturnType<typeof answer>>((resolve) => (release = () => resolve(answer(200))));
    const late = of.another({ cacheMs: 0 }, { fetch: { post } }).run(id, 'deliver');
    await of.clock.advance(0);
    await of.clock.advance(60_000);
    release();

    expect(await late).toMatchObject({ type: 'sent', delivery: { state: 'succeeded' } });
  });

  test('an attempt on its way under a lease that stands is left alone', async () => {
    const of = world({ webhooks: { cacheMs: 0 } });
    const { id } = await of.ready();
    of.hints.take();
    void of.another({ cacheMs: 0 }, { fetch: { post: () => new Promise<never>(() => undefined) } }).run(id, 'deliver');
    await of.clock.advance(0);
    await of.clock.advance(24_000);

    expect(await of.deliverer.run(id, 'deliver')).toEqual({ type: 'skipped', why: 'taken' });
    expect(of.receiver.got).toHaveLength(0);
  });
});

describe('a sender that is about to end', () => {
  test('breaks its post off as unknown, and it is sent again at once', async () => {
    const of = world();
    const { id } = await of.ready();
    of.hints.take();
    const ending = new AbortController();
    const post = ({ signal }: PostRequest) =>
      new Promise<never>((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted')), { once: true }));
    const run = of.another({}, { fetch: { post } }).run(id, 'deliver', ending.signal);
    await of.clock.advance(0);
    await of.clock.advance(10);
    ending.abort();

    expect(await run).toMatchObject({ type: 'sent', delivery: { state: 'retrying', spent: 0 } });
    await of.work();
    const [delivery] = await of.deliveries();
    expect(delivery.attempts.map(({ outcome }) => outcome)).toEqual(['unknown', 'ok']);
    // Told as an attempt, with what came of it, and not once more as one that nobody ended.
    expect(of.told('attempt')).toMatchObject([{ attempt: { outcome: 'unknown' } }, { attempt: { outcome: 'ok' } }]);
    expect(of.told('unknown-attempt')).toEqual([]);
  });

  test('lets what it broke off more than three times in a row wait for 2^n seconds', async () => {
    const of = world();
    const { id } = await of.ready();
    const waits: number[] = [];
    for (let nth = 1; nth <= 5; nth += 1) {
      const ending = new AbortController();
      of.receiver.receive = () => {
        ending.abort();
        throw new Error('aborted');
      };
      await of.deliverer.run(id, 'deliver', ending.signal);
      const [{ nextAt }] = await of.deliveries();
      waits.push(nextAt - of.clock.now());
      await of.clock.advance(waits.at(-1)!);
    }
    expect(waits).toEqual([0, 0, 0, 16_000, 32_000]);
  });

  test('begins nothing any more', async () => {
    const of = world();
    const { id } = await of.ready();
    expect(await of.deliverer.run(id, 'deliver', AbortSignal.abort())).toEqual({ type: 'stopped' });
    expect((await of.deliveries())[0]).toMatchObject({ state: 'pending', attempt: 0 });
  });
});
