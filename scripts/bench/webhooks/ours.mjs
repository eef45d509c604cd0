// Our deliveries: claimed, signed, posted by SafeFetch and recorded, from a queue that is an array.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const require = createRequire(import.meta.url);
const runtime = (part) => require(join(here, '..', '..', '..', 'runtime', 'dist', part, 'index.js'));
const { DEFAULT_LIMITS, DEFAULT_RETRY_POLICY, Deliverer, Webhooks, systemClock } = runtime('webhooks');
const { EnvelopeSealer, FixedDataKeys, generateKeyPair, generateSecret } = runtime('signing');
const { SafeFetch } = runtime('safe-fetch');

export { runtime, systemClock };

/** An endpoint of `acme` as it is stored, with the defaults. */
export function endpointRow({ id, url, sealed, version = 'v1', limits = {}, retryPolicy = {} }) {
  const now = systemClock.now();
  return {
    id,
    tenantId: 'acme',
    url,
    events: ['*'],
    state: 'enabled',
    retryPolicy: { ...DEFAULT_RETRY_POLICY, ...retryPolicy },
    limits: { ...DEFAULT_LIMITS, ...limits },
    headerNames: [],
    keys: [{ kid: 'one', version, sealed, createdAt: now }],
    isImplicit: false,
    createdAt: now,
    updatedAt: now,
    revision: 'first',
  };
}

export async function ours({ name, store, count, endpoints, concurrency, url, body, version = 'v1' }) {
  const waiting = [];
  const messages = { fanOut: async () => {}, deliver: async ({ deliveryId, lane }) => void waiting.push({ deliveryId, lane }) };
  const webhooks = new Webhooks({ store, messages });
  const sealer = new EnvelopeSealer({ dataKeys: new FixedDataKeys(Buffer.alloc(32, 7)), clock: systemClock });
  const deliverer = new Deliverer({ webhooks, sealer, fetch: new SafeFetch({ allowLoopback: true }) });
  for (let at = 0; at < endpoints; at += 1) {
    const id = `whe_${at}`;
    const key = version === 'v1' ? generateSecret() : generateKeyPair().privateKey;
    const sealed = await sealer.seal(Buffer.from(key), JSON.stringify(['acme', id]));
    const limits = { inFlight: concurrency };
    await store.endpoints.create(endpointRow({ id, url: `${url}/${id}`, sealed, version, limits }));
  }
  const send = async (left) => {
    while (left.count > 0) {
      const hint = waiting.shift();
      if (hint === undefined) {
        await new Promise((resolve) => setImmediate(resolve));
        continue;
      }
      const outcome = await deliverer.run(hint.deliveryId, hint.lane);
      if (outcome.type !== 'sent' || outcome.delivery.state !== 'succeeded') {
        throw new Error(`${name}: every delivery must succeed, got ${JSON.stringify(outcome)}`);
      }
      left.count -= 1;
    }
  };
  return {
    name,
    count,
    /** A message and its deliveries, one an endpoint: rows, before any is sent. */
    prepare: async () => {
      for (let made = 0; made < count;) {
        const { message } = await webhooks.publish({ tenantId: 'acme', type: 'job.completed', body });
        made += (await webhooks.fanOut(message.id)).created;
      }
    },
    sendAll: () => {
      const left = { count };
      return Promise.all(Array.from({ length: concurrency }, () => send(left)));
    },
  };
}
