import { faulty, faultyStore, type Fault, NthCall } from './faulty';
import { answer, plainSealer, world } from './world';

/** Six messages to two endpoints, one of which fails now and then, with one call of one dependency failing. */
async function runWith(part: 'store' | 'queue' | 'sealer', nth: number, fault: Fault) {
  const call = new NthCall(nth, fault);
  const of = world({
    store: (store) => (part === 'store' ? faultyStore(store, call.strike) : store),
    messages: (held) => (part === 'queue' ? faulty(held, 'queue.', call.strike) : held),
    deliverer: part === 'sealer' ? { sealer: faulty(plainSealer, 'sealer.', call.strike) } : {},
    webhooks: { cacheMs: 0 },
  });
  const { store, endpoint, publish, receiver, pass } = of;
  await endpoint({ id: 'whe_1', limits: { inFlight: 2 } });
  await endpoint({ id: 'whe_2', limits: { inFlight: 1 } });
  receiver.receive = (_request, at) => answer(at % 4 === 0 ? 503 : 200);
  const ids: string[] = [];
  for (let at = 0; at < 3; at += 1) {
    const id = `msg_${at}`;
    ids.push(id);
    // Whoever publishes tries again: under its id it is the same message.
    await publish({ id }).catch(() => publish({ id }));
  }
  await pass(8);
  const deliveries = (await Promise.all(ids.map((id) => store.deliveries.ofMessage(id)))).flat();
  return { ...of, deliveries, calls: call.calls };
}

const PARTS = ['store', 'queue', 'sealer'] as const;

describe.each(PARTS)('failure mode 20: a call of the %s fails', (part) => {
  test.each(['before', 'after'] as const)('%s its effect: nothing is lost, and nothing is sent twice unsaid', async (fault) => {
    const { calls } = await runWith(part, 0, fault);
    expect(calls).toBeGreaterThan(5);
    for (let nth = 1; nth <= calls; nth += 1) {
      const { deliveries, receiver } = await runWith(part, nth, fault);
      expect(deliveries.map(({ state }) => state)).toEqual(Array.from({ length: 6 }, () => 'succeeded'));
      for (const { messageId, endpointId, attempts } of deliveries) {
        const posts = receiver.got.filter(
          ({ url, headers }) => headers['webhook-id'] === messageId && url.includes(endpointId.replace('_', '-')),
        );
        expect(posts.length).toBeLessThanOrEqual(attempts.length);
        expect(posts.length).toBeGreaterThanOrEqual(attempts.filter(({ outcome }) => outcome !== 'unknown').length);
      }
    }
  });
});
