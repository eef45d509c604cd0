import { DEFAULT_RETRY_POLICY, retryAfterMs } from 'plinth-runtime/webhooks';
import { answer, world } from './world';

describe('failure mode 12: Retry-After', () => {
  const now = Date.UTC(2026, 0, 1, 12);
  test.each([
    ['7', 7000],
    [' 0 ', 0],
    ['Thu, 01 Jan 2026 12:00:30 GMT', 30_000],
    ['Thu, 01 Jan 2026 11:00:00 GMT', 0],
    ['Tue, 01 Jan 2036 12:00:00 GMT', 86_400_000],
    ['315360000', 86_400_000],
    ['9'.repeat(400), 86_400_000],
    ['soon', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['2026-01-01T12:00:30Z', undefined],
    ['Thu, 99 Jan 2026 12:00:30 GMT', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j is a wait of %p ms', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });

  test.each([
    ['seconds', '7', 7000],
    ['an HTTP date', 'Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['the past', 'Wed, 31 Dec 2025 00:00:00 GMT', DEFAULT_RETRY_POLICY.baseDelayMs],
    ['ten years', 'Tue, 01 Jan 2036 00:00:00 GMT', 86_400_000],
    ['garbage', 'soon, maybe', DEFAULT_RETRY_POLICY.baseDelayMs],
  ])('of %s: the delivery waits for it or its policy, at most 24 hours, and only longer by chance', async (_name, header, least) => {
    const { ready, work, receiver, deliveries, clock } = world();
    receiver.receive = () => answer(503, { headers: { 'retry-after': header } });
    await ready();
    await work();

    const [{ nextAt, state }] = await deliveries();
    expect(state).toBe('retrying');
    expect(nextAt - clock.now()).toBeGreaterThanOrEqual(least);
    expect(nextAt - clock.now()).toBeLessThanOrEqual(least * 1.2);
  });

  test('is waited for, by the delivery and by all others of the endpoint', async () => {
    const { endpoint, publish, runOn, work, receiver, clock } = world();
    await endpoint();
    receiver.receive = (_request, nth) => (nth === 1 ? answer(429, { headers: { 'retry-after': '90' } }) : answer(200));
    await publish();
    await work();
    const asked = clock.now();
    for (let at = 0; at < 5; at += 1) await publish();
    await runOn();

    expect(receiver.got).toHaveLength(7);
    expect(Math.min(...receiver.got.slice(1).map(({ at }) => at)) - asked).toBeGreaterThanOrEqual(90_000);
  });

  test('is waited for by a delivery that was a probe', async () => {
    const { ready, pass, receiver } = world();
    // Five failures open the breaker; the sixth is a probe, and spends no attempt.
    receiver.receive = (_request, nth) => answer(500, { headers: nth === 6 ? { 'retry-after': '7200' } : {} });
    await ready({ retryPolicy: { ...DEFAULT_RETRY_POLICY, maxAttempts: 20 } });
    await pass(180);

    expect(receiver.got[6].at - receiver.got[5].at).toBeGreaterThanOrEqual(7_200_000);
  });
});

describe('failure mode 13: a receiver that wants no more', () => {
  test('410 disables the endpoint and cancels what waits for it', async () => {
    const { endpoint, edit, publish, work, receiver, deliveries, store, told } = world();
    await endpoint({ state: 'paused' });
    for (let at = 0; at < 30; at += 1) await publish();
    await work();
    await edit({ state: 'enabled' });
    receiver.receive = () => answer(410);
    await publish();
    await work();

    expect(receiver.got).toHaveLength(1);
    const states = (await deliveries()).map(({ state }) => state);
    expect(states.filter((state) => state === 'failed')).toHaveLength(1);
    expect(states.filter((state) => state === 'cancelled')).toHaveLength(30);
    expect(await store.endpoints.read({ tenantId: 'acme', id: 'whe_1' })).toMatchObject({ state: 'disabled', disabledReason: 'gone' });
    expect(told('disabled')).toEqual([{ type: 'disabled', tenantId: 'acme', endpointId: 'whe_1', reason: 'gone' }]);
  });

  test('webhook-delivery: disable stops the endpoint, also on a success, and what comes waits', async () => {
    const { endpoint, publish, work, receiver, deliveries, store } = world();
    await endpoint();
    receiver.receive = () => answer(200, { headers: { 'webhook-delivery': 'disable' } });
    await publish();
    await work();
    await publish();
    await work();

    expect((await deliveries()).map(({ state }) => state).toSorted()).toEqual(['parked', 'succeeded']);
    expect(await store.endpoints.read({ tenantId: 'acme', id: 'whe_1' })).toMatchObject({ state: 'disabled', disabledReason: 'asked' });
  });

  test('webhook-delivery: abort-message ends this message and no other', async () => {
    const { endpoint, publish, runOn, receiver, deliveries } = world();
    await endpoint();
    receiver.receive = (_request, nth) => (nth === 1 ? answer(500, { headers: { 'webhook-delivery': 'Abort-Message' } }) : answer(200));
    await publish();
    await runOn();
    await publish();
    await runOn();

    expect((await deliveries()).map(({ state, attempt }) => `${state} ${attempt}`).toSorted()).toEqual(['failed 1', 'succeeded 1']);
  });
});

test('failure mode 14: a receiver that answers 429 gets what it can take, and in the end everything', async () => {
  const { endpoint, publish, pass, receiver, deliveries, gate, clock } = world();
  await endpoint({ limits: { inFlight: 16 }, retryPolicy: { ...DEFAULT_RETRY_POLICY, maxAttempts: 10 } });
  const taken: number[] = [];
  let refused = 0;
  receiver.receive = () => {
    if (taken.filter((at) => clock.now() - at < 1000).length >= 4) {
      refused += 1;
      return answer(429, { headers: { 'retry-after': '1' } });
    }
    taken.push(clock.now());
    return answer(200);
  };
  for (let at = 0; at < 100; at += 1) await publish();
  await pass(1);
  expect((await gate())!.window).toBeLessThan(16);
  await pass(30);

  const all = await deliveries();
  expect(all.filter(({ state }) => state === 'succeeded')).toHaveLength(100);
  expect(refused).toBeLessThan(100);
});
