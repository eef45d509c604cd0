import { answer, PostFailure, world } from './world';

describe('a delivery', () => {
  test('CTX-10.1 goes to every endpoint whose events mean it', async () => {
    const { endpoint, publish, work, receiver } = world();
    await endpoint({ id: 'whe_1', events: ['document.*'] });
    await endpoint({ id: 'whe_2', events: ['enrichment.failed'] });
    await endpoint({ id: 'whe_3', events: ['enrichment.failed', 'document.completed'] });
    await endpoint({ id: 'whe_4', tenantId: 'globex' });

    await publish({ body: { document_id: 'd-1' } });
    await work();

    expect(receiver.got.map(({ url }) => url).toSorted()).toEqual(['https://whe-1.example/hook', 'https://whe-3.example/hook']);
    expect(receiver.got[0].body.toString()).toBe('{"document_id":"d-1"}');
  });

  test('CTX-10.4 succeeds with its attempt in its log', async () => {
    const { ready, work, deliveries, clock } = world();
    await ready();
    await work();

    const [delivery] = await deliveries();
    expect(delivery).toMatchObject({ state: 'succeeded', attempt: 1, spent: 1, finishedAt: clock.now() });
    expect(delivery.attempts).toEqual([
      {
        number: 1,
        trigger: 'auto',
        startedAt: clock.now(),
        endedAt: clock.now(),
        outcome: 'ok',
        status: 200,
        latencyMs: 20,
        address: '203.0.113.7',
      },
    ]);
    expect(delivery.dueAt).toBeUndefined();
    expect(delivery.lease).toBeUndefined();
  });

  test('CTX-10.2 is tried three times, 1 and 2 seconds apart or a fifth more, with a timeout of 10 seconds', async () => {
    const { ready, runOn, deliveries, receiver } = world();
    receiver.receive = () => answer(500, { body: Buffer.from('it broke') });
    await ready();
    await runOn();

    const [delivery] = await deliveries();
    expect(delivery).toMatchObject({ state: 'failed', attempt: 3, spent: 3, lastFailure: 'http-5xx' });
    expect(delivery.attempts.at(-1)).toMatchObject({ outcome: 'failed', status: 500, detail: 'it broke' });
    const [first, second, third] = receiver.got.map(({ at }) => at);
    expect(second - first).toBeGreaterThanOrEqual(1000);
    expect(second - first).toBeLessThanOrEqual(1200);
    expect(third - second).toBeGreaterThanOrEqual(2000);
    expect(third - second).toBeLessThanOrEqual(2400);
    expect(receiver.got.map(({ timeoutMs }) => timeoutMs)).toEqual([10_000, 10_000, 10_000]);
  });

  test('carries the same id, time of its own and the custom headers at each attempt', async () => {
    const { ready, runOn, receiver, clock } = world();
    receiver.receive = (_request, nth) => answer(nth < 3 ? 503 : 200);
    const headers = JSON.stringify({ authorization: 'Bearer t' });
    const { messageId } = await ready({ sealedHeaders: `["acme","whe_1","headers"]|${headers}` });
    const startedAt = clock.now();
    await runOn();

    expect(receiver.ids).toEqual([messageId, messageId, messageId]);
    expect(receiver.got.map((got) => got.headers.authorization)).toEqual(['Bearer t', 'Bearer t', 'Bearer t']);
    expect(Number(receiver.got[2].headers['webhook-timestamp'])).toBeGreaterThan(startedAt / 1000);
  });

  test.each(['refused-address', 'http-4xx'])('is not tried again after %s', async (failure) => {
    const { ready, runOn, deliveries, receiver } = world();
    receiver.receive = () => {
      if (failure === 'http-4xx') return answer(404);
      throw new PostFailure(failure);
    };
    await ready();
    await runOn();

    expect(receiver.got).toHaveLength(1);
    expect((await deliveries())[0]).toMatchObject({ state: 'failed', spent: 1, lastFailure: failure });
  });

  test.each(['dns', 'connect', 'reset', 'timeout', 'response'])('is tried again after %s', async (failure) => {
    const { ready, runOn, deliveries, receiver } = world();
    receiver.receive = (_request, nth) => {
      if (nth === 2) return answer(200);
      throw new PostFailure(failure);
    };
    await ready();
    await runOn();

    const [delivery] = await deliveries();
    expect(delivery).toMatchObject({ state: 'succeeded', attempt: 2 });
    expect(delivery.attempts[0]).toMatchObject({ outcome: 'failed', failure, detail: `the receiver: ${failure}`, address: '203.0.113.7' });
  });

  test.each([408, 425, 429, 500, 502, 504, 302])('is tried again after a status of %i', async (status) => {
    const { ready, runOn, deliveries, receiver } = world();
    receiver.receive = (_request, nth) => answer(nth === 1 ? status : 204);
    await ready();
    await runOn();

    expect((await deliveries())[0]).toMatchObject({ state: 'succeeded', attempt: 2 });
  });
});
