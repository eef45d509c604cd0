// What every process of the harness needs: the built runtime over one table, and a clock that runs faster.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const require = createRequire(import.meta.url);
export const runtime = (part) => require(join(here, '..', '..', '..', 'runtime', 'dist', part, 'index.js'));

export const TABLE = 'webhooks';

/** Time that runs so many times as fast, the same in every process: leases and grace periods are those of production, the wait for them is not. */
const fastClock = (speed, base) => ({
  now: () => base + (Date.now() - base) * speed,
  sleep: (ms, signal) => sleep(ms / speed, undefined, { signal }),
});

export function world({ messages, onEvent }) {
  const { SPEED, BASE, DATA_KEY } = process.env;
  const { DynamoWebhookStore, Webhooks } = runtime('webhooks');
  const { EnvelopeSealer, FixedDataKeys } = runtime('signing');
  const clock = fastClock(Number(SPEED), Number(BASE));
  const client = new DynamoDBClient({});
  const store = new DynamoWebhookStore({ client, tableName: TABLE, clock });
  const sealer = new EnvelopeSealer({ dataKeys: new FixedDataKeys(Buffer.from(DATA_KEY, 'hex')), clock });
  return { clock, client, store, sealer, webhooks: new Webhooks({ store, messages, clock, onEvent }) };
}
