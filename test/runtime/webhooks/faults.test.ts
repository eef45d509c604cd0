import type { WebhookStore } from 'plinth-runtime/webhooks';
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

test('failure mode 20: a write that was made and answered as refused, since it was sent again, is known for our own', async () => {
  const lost = new Set<string>();
  const of = world({
    webhooks: { cacheMs: 0 },
    store: (store) => {
      type Write = (row: { readonly revision: string }, ...rest: unknown[]) => Promise<boolean>;
      const rows = <Rows extends object>(kept: Rows): Rows =>
        new Proxy(kept, {
          get: (target, name) => {
            const value: unknown = Reflect.get(target, name, target);
            if (name !== 'create' && name !== 'replace') return typeof value === 'function' ? (value.bind(target) as unknown) : value;
            const write: Write = async (row, ...rest) => {
              if (await (value as Write).call(target, row, ...rest)) lost.add(row.revision);
              return false;
            };
            return write;
          },
        });
      return Object.assign(Object.create(store) as WebhookStore, {
        gates: rows(store.gates),
        messages: rows(store.messages),
        deliveries: rows(store.deliveries),
      });
    },
  });
  await of.endpoint();
  expect((await of.webhooks.publish({ tenantId: 'acme', type: 'job.completed', body: {} })).type).toBe('published');
  await of.pass(3);

  expect(lost.size).toBeGreaterThanOrEqual(6);
  expect(of.receiver.got).toHaveLength(1);
  expect((await of.deliveries()).map(({ state, attempt }) => [state, attempt])).toEqual([['succeeded', 1]]);
  expect(of.told('unknown-attempt')).toEqual([]);
});
