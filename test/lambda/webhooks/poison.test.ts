import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { systemClock } from 'plinth-runtime/webhooks';
import { type Handle, RedrivenQueue } from '../../support/redriven-queue';
import { lasting, startFunctions } from './functions';

jest.setTimeout(30_000);

/** As `WebhookQueues` has it. */
const MAX_RECEIVE_COUNT = 5;
const NO_HINTS = ['', 'nonsense', '{', 'null', '[]', '"text"', '{"deliveryId":1,"endpointId":"e","lane":"deliver"}', '{"messageId":["m"]}'];

let functions: Awaited<ReturnType<typeof startFunctions>>;
beforeAll(async () => {
  functions = await startFunctions();
});
afterAll(() => functions?.stop());

const queueBefore = (handle: Handle) => new RedrivenQueue(handle, MAX_RECEIVE_COUNT);
const fanOutQueue = () => queueBefore((event) => functions.handlers.fanOut(event, lasting(30_000)));
/** The queues `deliver` and `quarantine` have one function. */
const senderQueue = () => queueBefore((event) => functions.handlers.sender(event, lasting(45_000)));

const inLane = (hint: string, lane: string): string => JSON.stringify({ ...(JSON.parse(hint) as object), lane });

/** Whatever is redriven twice, once more than anybody needs. */
async function redriveTwice(queue: RedrivenQueue): Promise<void> {
  for (let nth = 0; nth < 2; nth += 1) {
    queue.redrive();
    await queue.drain();
  }
}

describe('failure mode 25: poison goes to the dead-letter queue, and a redrive does nothing twice', () => {
  test.each(['deliver', 'quarantine'] as const)('what is no hint, among hints of the queue %s', async (lane) => {
    const tenant = `poison-${lane}`;
    await functions.endpointAt(tenant, `/${tenant}`);
    const hint = inLane(await functions.delivered(tenant), lane);
    const queue = senderQueue();
    queue.send(...NO_HINTS, hint, `${hint} `, inLane(hint, 'fast'));

    expect(await queue.drain()).toBe(MAX_RECEIVE_COUNT * (NO_HINTS.length + 1) + 2);
    expect(queue.deadLetters.toSorted()).toEqual([...NO_HINTS, inLane(hint, 'fast')].toSorted());
    expect(functions.gotAt(`/${tenant}`)).toHaveLength(1);
    await redriveTwice(queue);
    expect(queue.deadLetters).toHaveLength(NO_HINTS.length + 1);
    expect(functions.gotAt(`/${tenant}`)).toHaveLength(1);
  });

  test('what is no hint, among hints of messages', async () => {
    await functions.endpointAt('poison-fanout', '/poison-fanout');
    const hint = JSON.stringify(await functions.published('poison-fanout'));
    const queue = fanOutQueue();
    queue.send(...NO_HINTS, hint, hint);
    functions.queue.sent.splice(0);

    await queue.drain();
    await redriveTwice(queue);
    expect(queue.deadLetters.toSorted()).toEqual(NO_HINTS.toSorted());
    expect(functions.queue.sent).toHaveLength(1);
  });

  test('what was done though its function could not say so, five times: it was posted once, and is by no redrive again', async () => {
    await functions.endpointAt('unsaid', '/unsaid');
    const message = JSON.stringify(await functions.published('unsaid'));
    const mute = (handle: Handle) =>
      queueBefore(async (event) => {
        await handle(event);
        return { batchItemFailures: event.Records.map(({ messageId }) => ({ itemIdentifier: messageId })) };
      });
    const [fanOut, sender] = [
      mute((event) => functions.handlers.fanOut(event, lasting(30_000))),
      mute((event) => functions.handlers.sender(event, lasting(45_000))),
    ];
    functions.queue.sent.splice(0);
    fanOut.send(message);
    await fanOut.drain();
    await redriveTwice(fanOut);
    const hints = functions.queue.sent.map(({ MessageBody }) => MessageBody);
    expect([fanOut.deadLetters, hints.length]).toEqual([[message], 1]);
    sender.send(...hints);
    await sender.drain();
    await redriveTwice(sender);

    expect(sender.deadLetters).toEqual(hints);
    expect(functions.gotAt('/unsaid')).toHaveLength(1);
  });

  test('a hint of what is not there is done, not poison', async () => {
    const [fanOut, sender] = [fanOutQueue(), senderQueue()];
    fanOut.send('{"messageId":"msg_gone","tenantId":"acme"}');
    sender.send('{"deliveryId":"del_gone","endpointId":"whe_gone","lane":"deliver"}');

    expect([await fanOut.drain(), await sender.drain()]).toEqual([1, 1]);
    expect([fanOut.deadLetters, sender.deadLetters]).toEqual([[], []]);
  });

  test('a delivery whose key cannot be opened: it alone comes back, is not posted, and is posted once when it is mended and redriven', async () => {
    const standing = await functions.endpointAt('sealed', '/sealed', { keys: [await functions.keyFor('another', 'whe_another')] });
    await functions.endpointAt('healthy', '/healthy');
    const [broken, healthy] = [await functions.delivered('sealed'), await functions.delivered('healthy')];
    const queue = senderQueue();
    queue.send(broken, healthy);

    expect(await queue.drain()).toBe(MAX_RECEIVE_COUNT + 1);
    expect(queue.deadLetters).toEqual([broken]);
    expect([functions.gotAt('/sealed'), functions.gotAt('/healthy')].map(({ length }) => length)).toEqual([0, 1]);
    expect(await functions.deliveryOf(broken)).toMatchObject({ state: 'pending', attempt: 0 });

    const keys = [await functions.keyFor('sealed', 'whe_sealed')];
    await functions.store.endpoints.replace({ ...standing, keys, revision: 'r2' }, 'r1');
    // What the functions keep of the endpoint is kept for a second.
    const later = jest.spyOn(systemClock, 'now').mockImplementation(() => Date.now() + 2000);
    queue.redrive();
    // The sweeper has sent a hint of its own meanwhile.
    queue.send(broken);
    await queue.drain();
    queue.send(broken);
    await queue.drain();
    later.mockRestore();
    expect(queue.deadLetters).toEqual([]);
    expect(functions.gotAt('/sealed')).toHaveLength(1);
    expect(await functions.deliveryOf(broken)).toMatchObject({ state: 'succeeded', attempt: 1 });
  });

  test('a message whose row cannot be read makes its deliveries once, when it is mended and redriven', async () => {
    await functions.endpointAt('torn', '/torn');
    const hint = await functions.published('torn');
    const client = functions.dynalite.client();
    const key = { pk: { S: `M#${hint.messageId}` }, sk: { S: 'message' } };
    const write = (row: string) => {
      const update = { UpdateExpression: 'SET #row = :row', ExpressionAttributeNames: { '#row': 'row' } };
      return client.send(
        new UpdateItemCommand({
          TableName: 'webhooks',
          Key: key,
          ...update,
          ExpressionAttributeValues: { ':row': { S: row } },
          ReturnValues: 'UPDATED_OLD',
        }),
      );
    };
    const { Attributes: before } = await write('{');
    const queue = fanOutQueue();
    queue.send(JSON.stringify(hint));
    functions.queue.sent.splice(0);

    expect(await queue.drain()).toBe(MAX_RECEIVE_COUNT);
    expect(queue.deadLetters).toEqual([JSON.stringify(hint)]);
    await write(before?.row?.S ?? '');
    queue.redrive();
    await queue.drain();
    queue.send(JSON.stringify(hint));
    await queue.drain();
    expect(queue.deadLetters).toEqual([]);
    expect(functions.queue.sent).toHaveLength(1);
  });
});
