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

describe('several senders of one endpoint', () => {
  test('never have more on their way than it takes, and leave nothing', async () => {
    const of = world();
    await of.endpoint({ limits: { inFlight: 5 } });
    let onTheirWay = 0;
    let most = 0;
    of.receiver.receive = async () => {
      onTheirWay += 1;
      most = Math.max(most, onTheirWay);
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      onTheirWay -= 1;
      return answer(200);
    };
    const senders = [of.deliverer, of.another({}), of.another({})];
    for (let nth = 0; nth < 60; nth += 1) await of.webhooks.fanOut((await of.publish()).id);
    const first = of.hints.take().flatMap((hint) => (hint.type === 'deliver' ? hint.deliveryId : []));
    await Promise.all(first.map((id, nth) => senders[nth % 3].run(id, 'deliver')));
    expect((await of.deliveries()).filter(({ state }) => state === 'parked').length).toBeGreaterThan(0);
    await of.pass(3);

    expect(most).toBe(5);
    expect((await of.deliveries()).every(({ state, attempt }) => state === 'succeeded' && attempt === 1)).toBe(true);
    expect(of.failures).toEqual([]);
  });

  test('keep to its rate between them', async () => {
    const of = world();
    await of.endpoint({ limits: { inFlight: 50, ratePerSecond: 5 } });
    for (let nth = 0; nth < 100; nth += 1) await of.publish();
    await of.pass(2);

    const times = of.receiver.got.map(({ at }) => at);
    expect(times).toHaveLength(100);
    // A second of it at once, then one each 200 ms.
    for (const at of times) expect(times.filter((other) => other >= at && other < at + 1000).length).toBeLessThanOrEqual(10);
    expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(25_000);
  });

  test('move what is slow to the quarantine, where it holds up nobody', async () => {
    const of = world();
    await of.endpoint();
    of.receiver.receive = () => answer(200, { latencyMs: 9000 });
    for (let nth = 0; nth < 3; nth += 1) {
      await of.publish();
      await of.work();
    }
    expect(of.hints.sent.at(-1)?.hint).toMatchObject({ type: 'deliver', lane: 'quarantine' });
    const { id } = (await of.deliveries()).at(-1)!;
    await of.webhooks.resend(id);
    of.hints.take();
    expect(await of.deliverer.run(id, 'deliver')).toEqual({ type: 'moved' });
    expect(await of.deliverer.run(id, 'quarantine')).toMatchObject({ type: 'sent' });
  });
});

test('what is parked just after all that was on its way ended is not left to the sweeper', async () => {
  const of = world({ webhooks: { cacheMs: 0 } });
  await of.endpoint({ limits: { inFlight: 1 } });
  for (let nth = 0; nth < 2; nth += 1) await of.webhooks.fanOut((await of.publish()).id);
  const [first, second] = of.hints.take().flatMap((hint) => (hint.type === 'deliver' ? hint.deliveryId : []));
  let answerFirst: () => void = () => undefined;
  let parkSecond: () => void = () => undefined;
  const post = () => new Promise<ReturnType<typeof answer>>((resolve) => (answerFirst = () => resolve(answer(200))));
  const replace = of.store.deliveries.replace.bind(of.store.deliveries);
  of.store.deliveries.replace = async (row, revision) => {
    if (row.state === 'parked') await new Promise<void>((resolve) => (parkSecond = resolve));
    return replace(row, revision);
  };
  const sending = of.another({ cacheMs: 0 }, { fetch: { post } }).run(first, 'deliver');
  await of.clock.advance(0);
  const parking = of.deliverer.run(second, 'deliver');
  await of.clock.advance(0);
  answerFirst();
  await sending;
  parkSecond();
  expect(await parking).toEqual({ type: 'parked' });
  await of.work();

  expect((await of.deliveries()).map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
});

describe('an endpoint whose certificate is refused', () => {
  test('failure mode 11: is flagged, and what waits for it burns no attempt until it is mended', async () => {
    const of = world();
    await of.ready();
    of.receiver.receive = () => {
      throw new PostFailure('tls', 'certificate has expired');
    };
    await of.pass(120);
    const [waiting] = await of.deliveries();
    expect(waiting).toMatchObject({ spent: 0, lastFailure: 'tls' });
    expect(waiting.attempt).toBeGreaterThan(3);
    expect(of.told('tls')[0]).toMatchObject({ detail: 'certificate has expired', endpointId: 'whe_1' });
    of.receiver.receive = () => answer(200);
    await of.webhooks.wake('acme', 'whe_1');
    await of.work();
    expect((await of.deliveries())[0].state).toBe('succeeded');
  });
});

test('what is told of a refused certificate is as short as its log, however many names it holds', async () => {
  const of = world();
  await of.ready();
  of.receiver.receive = () => {
    throw new PostFailure('tls', `is not in the cert's altnames: ${'DNS:a.example, '.repeat(5000)}`);
  };
  await of.work();
  expect(of.told('tls')).toMatchObject([{ detail: (await of.deliveries())[0].attempts[0].detail }]);
  expect(JSON.stringify(of.told('tls')).length).toBeLessThan(1000);
});

describe('an endpoint that fails for days', () => {
  test('is disabled after five of them, and what waits goes on when it is enabled', async () => {
    const of = world();
    await of.ready();
    of.receiver.receive = () => answer(500);
    for (let nth = 0; nth < 5; nth += 1) await of.publish();
    for (let hour = 0; hour < 24 * 5 + 2; hour += 1) {
      await of.pass(2);
      await of.clock.advance(58 * 60_000);
    }
    expect(of.told('disabled')).toEqual([{ type: 'disabled', tenantId: 'acme', endpointId: 'whe_1', reason: 'failing' }]);
    const before = (await of.deliveries()).filter(({ state }) => state === 'parked').length;
    expect(before).toBeGreaterThan(0);
    of.receiver.receive = () => answer(200);
    await of.edit({ state: 'enabled', disabledReason: undefined });
    await of.webhooks.wake('acme', 'whe_1');
    await of.pass(3);
    expect((await of.deliveries()).filter(({ state }) => state === 'succeeded')).toHaveLength(before);
  });
});
