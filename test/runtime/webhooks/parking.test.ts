import { answer, PostFailure, world } from './world';

const downFor = (count: number) => (_request: unknown, nth: number) => {
  if (nth > count) return answer(200);
  throw new PostFailure('connect');
};

describe('an endpoint that fails', () => {
  test('is left alone after five failures; what comes then waits and spends nothing', async () => {
    const { endpoint, publish, work, receiver, deliveries, told, gate } = world();
    await endpoint({ retryPolicy: { maxAttempts: 1, backoff: 'constant', baseDelayMs: 1000, maxDelayMs: 1000, timeoutMs: 10_000 } });
    receiver.receive = downFor(5);
    for (let nth = 0; nth < 8; nth += 1) {
      await publish();
      await work();
    }

    expect(receiver.got).toHaveLength(5);
    expect(told('opened')).toHaveLength(1);
    expect((await gate())?.breaker.state).toBe('open');
    const parked = (await deliveries()).filter(({ state }) => state === 'parked');
    expect(parked).toHaveLength(3);
    expect(parked.map(({ spent, attempt, dueAt }) => ({ spent, attempt, dueAt }))).toEqual(
      [1, 2, 3].map(() => ({ spent: 0, attempt: 0, dueAt: undefined })),
    );
  });

  test('is probed by one at a time, ever more rarely, and drained when it is back', async () => {
    const { endpoint, publish, runOn, receiver, deliveries, told } = world();
    await endpoint({ retryPolicy: { maxAttempts: 3, backoff: 'constant', baseDelayMs: 1000, maxDelayMs: 1000, timeoutMs: 10_000 } });
    receiver.receive = downFor(8);
    for (let nth = 0; nth < 40; nth += 1) await publish();
    await runOn();

    const all = await deliveries();
    expect(all.filter(({ state }) => state === 'succeeded')).toHaveLength(40);
    expect(told('closed')).toHaveLength(1);
    expect(new Set(receiver.ids).size).toBe(40);
    expect(all.flatMap(({ attempts }) => attempts).filter(({ trigger }) => trigger === 'probe').length).toBeGreaterThanOrEqual(1);
  });
});
