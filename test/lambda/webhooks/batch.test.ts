import type { Delivery } from 'plinth-runtime/webhooks';
import { parseDeliverHint } from '../../../lambda/shared/webhook-messages-sqs';
import { workRecords } from '../../../lambda/shared/work-records';
import { answer, world } from '../../runtime/webhooks/world';
import { ManualClock, settle } from '../../support/manual-clock';

const HUNG = 'whe_3';

/** Ten deliveries, each to an endpoint of its own, of which one hangs until it is cut off; and a sender whose time is told. */
async function batchOfTen() {
  const { endpoint, publish, webhooks, deliverer, receiver, deliveries } = world();
  const ids = Array.from({ length: 10 }, (_, at) => `whe_${at}`);
  for (const id of ids) await endpoint({ id });
  await webhooks.fanOut((await publish()).id);
  receiver.receive = ({ url, signal }) =>
    url.includes('whe-3')
      ? new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)))
      : answer(200);
  const all = async (): Promise<Delivery[]> => (await Promise.all(ids.map((id) => deliveries(id)))).flat();
  const records = (await all()).map(({ id: deliveryId, endpointId }, at) => ({
    messageId: `m-${at}`,
    body: JSON.stringify({ deliveryId, endpointId, lane: 'deliver' }),
  }));
  const clock = new ManualClock();
  const failures: unknown[] = [];
  const work = () =>
    workRecords(
      records,
      (body, signal) => {
        const { deliveryId, lane } = parseDeliverHint(body);
        return deliverer.run(deliveryId, lane, signal);
      },
      { endsInMs: 40_000, clock, onFailure: (_id, error) => failures.push(error) },
    );
  const hung = async () => (await all()).find(({ endpointId }) => endpointId === HUNG);
  const done = async () => (await all()).filter(({ state }) => state === 'succeeded').map(({ endpointId }) => endpointId);
  return { clock, receiver, work, hung, done, failures };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 1000; turn += 1) {
    if (await holds()) return;
    await settle();
  }
  throw new Error('it must hold within 1,000 turns, and did not');
}

test('failure mode 3: when a function runs out of time with one hung of ten, nine are recorded and are not sent again', async () => {
  const { clock, receiver, work, hung, done, failures } = await batchOfTen();

  const working = work();
  await until(async () => (await done()).length === 9);
  expect(await hung()).toMatchObject({ state: 'sending' });
  await clock.advance(40_000);
  expect(await working).toEqual({ failed: [] });

  expect(failures).toEqual([]);
  expect(await hung()).toMatchObject({ state: 'retrying', attempts: [{ number: 1, outcome: 'unknown' }] });
  const sent = receiver.got.length;
  receiver.receive = () => answer(200);
  await work();
  expect(receiver.got.slice(sent).filter(({ url }) => !url.includes('whe-3'))).toEqual([]);
  expect(await done()).toEqual(expect.arrayContaining(Array.from({ length: 10 }, (_, at) => `whe_${at}`).filter((id) => id !== HUNG)));
});
