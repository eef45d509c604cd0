import * as fc from 'fast-check';
import { PostFailure } from '../../runtime/webhooks/world';
import { HOOK, webhooksApi } from './api';

const seed = 20_260_101;
const maybe = <T>(good: T) => fc.oneof(fc.constant(good), fc.jsonValue());

const anything = fc.record(
  {
    url: fc.oneof(fc.constant(HOOK.url), fc.webUrl(), fc.jsonValue()),
    events: maybe(['*']),
    description: maybe('a text'),
    retry_policy: fc.oneof(
      fc.jsonValue(),
      fc.record({ max_attempts: maybe(3), backoff: maybe('linear'), timeout: maybe(1000) }, { requiredKeys: [] }),
    ),
    security: fc.oneof(
      fc.jsonValue(),
      fc.record({ signature_header: maybe('x-own'), hmac_secret: fc.oneof(fc.string(), fc.jsonValue()) }, { requiredKeys: [] }),
    ),
    headers: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.jsonValue()),
    rate_per_second: fc.oneof(fc.double(), fc.jsonValue()),
    max_in_flight: fc.oneof(fc.integer(), fc.jsonValue()),
  },
  { requiredKeys: ['url'] },
);

test('POST /v1/webhooks refuses with 4xx and writes nothing, or registers once: whatever comes', async () => {
  await fc.assert(
    fc.asyncProperty(anything, async (body) => {
      const { send, store } = webhooksApi();
      const { status, json } = await send('/v1/webhooks', { body });
      const faults: Record<string, string>[] = json.errors ?? [];
      const count = (await store.endpoints.list('acme')).length;
      expect([status, count, faults.length > 0]).toEqual(status === 201 ? [201, 1, false] : [400, 0, true]);
      expect(faults.filter(({ field, given, allowed }) => !field || !given || !allowed)).toEqual([]);
    }),
    { seed, numRuns: 200 },
  );
});

test('PATCH refuses with 4xx and writes nothing, or changes: whatever comes', async () => {
  await fc.assert(
    fc.asyncProperty(anything, async (body) => {
      const { register, send, store } = webhooksApi();
      const { id } = await register();
      const before = await store.endpoints.read({ tenantId: 'acme', id });
      const { status } = await send(`/v1/webhooks/${id}`, { method: 'PATCH', body });
      const after = await store.endpoints.read({ tenantId: 'acme', id });
      expect([status, after?.revision === before?.revision]).toEqual(status === 200 ? [200, false] : [400, true]);
    }),
    { seed, numRuns: 200 },
  );
});

test('failure mode 11: what a bad certificate parked goes to the new URL as soon as it is edited', async () => {
  const { register, send, publish, work, receiver, deliveries, clock } = webhooksApi();
  const { id } = await register();
  receiver.receive = () => {
    throw new PostFailure('tls', 'certificate has expired');
  };
  await publish();
  await work();
  await clock.advance(2000);
  await work();
  expect((await deliveries(id)).map(({ state, spent }) => [state, spent])).toEqual([['parked', 0]]);

  receiver.receive = () => ({ status: 200, headers: {}, body: Buffer.from(''), address: '203.0.113.7', latencyMs: 1 });
  await send(`/v1/webhooks/${id}`, { method: 'PATCH', body: { url: 'https://mended.example.com/' } });
  await work();

  expect(receiver.got.at(-1)?.url).toBe('https://mended.example.com/');
  expect((await deliveries(id)).map(({ state }) => state)).toEqual(['succeeded']);
});
