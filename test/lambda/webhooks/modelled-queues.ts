import type { SQSClient } from '@aws-sdk/client-sqs';
import { parseDeliverHint, parseFanOutHint, SqsWebhookMessages } from '../../../lambda/shared/webhook-messages-sqs';
import { world, type WorldOptions } from '../../runtime/webhooks/world';
import { FairQueue, type FairQueueOptions, type Taken } from '../../support/fair-queue';
import { settle } from '../../support/manual-clock';

const QUEUES = ['fanOut', 'deliver', 'quarantine'] as const;
type QueueName = (typeof QUEUES)[number];
type Message = Taken<string>;

/** What was sent, as SQS is told it. */
export interface SentHint {
  readonly queue: QueueName;
  readonly group: string;
  readonly delayMs: number;
}

export interface ModelOptions extends FairQueueOptions {
  /**
   * How many messages of each queue are worked at once.
   * @default none
   */
  readonly slots?: Readonly<Record<QueueName, number>>;
  /**
   * How many messages a slot takes at once, as a function takes a batch: it is busy until the last of them is done.
   * @default 1
   */
  readonly batch?: number;
  /** How long a message takes besides its post. */
  readonly handlingMs?: number;
  readonly world?: WorldOptions;
}

const STEP_MS = 5;
const NO_SLOTS = { fanOut: 0, deliver: 0, quarantine: 0 };

/** Webhooks in memory whose hints go the way they go to SQS, to a model of its fair queues; a bounded number of them is worked at once. */
export function modelledQueues({ slots = NO_SLOTS, batch = 1, handlingMs = 5, world: options, ...model }: ModelOptions = {}) {
  const sent: SentHint[] = [];
  const queues = { fanOut: new FairQueue<string>(model), deliver: new FairQueue<string>(model), quarantine: new FairQueue<string>(model) };
  const running = { fanOut: 0, deliver: 0, quarantine: 0 };
  const delayed: { readonly queue: QueueName; readonly group: string; readonly body: string; readonly at: number }[] = [];
  const client = {
    send: async ({
      input,
    }: {
      readonly input: { QueueUrl: QueueName; MessageBody: string; MessageGroupId: string; DelaySeconds: number };
    }) => {
      const { QueueUrl: queue, MessageBody: body, MessageGroupId: group, DelaySeconds: seconds } = input;
      sent.push({ queue, group, delayMs: seconds * 1000 });
      if (seconds > 0) delayed.push({ queue, group, body, at: of.clock.now() + seconds * 1000 });
      else queues[queue].send(group, body, of.clock.now());
    },
  } as unknown as Pick<SQSClient, 'send'>;
  const hints = new SqsWebhookMessages(client, {
    fanOutQueueUrl: 'fanOut',
    deliverQueueUrl: 'deliver',
    quarantineQueueUrl: 'quarantine',
  });
  const of = world({ ...options, messages: () => hints });
  const wait = (ms: number) => of.clock.sleep(ms, undefined, { background: true });

  const handle = async (queue: QueueName, body: string) => {
    if (queue === 'fanOut') return of.webhooks.fanOut(parseFanOutHint(body).messageId);
    const { deliveryId, lane } = parseDeliverHint(body);
    return of.deliverer.run(deliveryId, lane);
  };
  const work = async (queue: QueueName, taken: Message) => {
    await handle(queue, taken.body).catch((error) => of.failures.push(error));
    await wait(handlingMs);
    queues[queue].done(taken, of.clock.now());
  };
  const invoke = async (queue: QueueName, messages: readonly Message[]) => {
    await Promise.all(messages.map((taken) => work(queue, taken)));
    running[queue] -= 1;
  };
  const receive = (queue: QueueName): Message[] => {
    const messages: Message[] = [];
    for (let taken; messages.length < batch && (taken = queues[queue].receive(of.clock.now()));) messages.push(taken);
    return messages;
  };
  const start = () => {
    for (const { queue, group, body, at } of delayed.filter((one) => one.at <= of.clock.now())) queues[queue].send(group, body, at);
    delayed.splice(0, delayed.length, ...delayed.filter((one) => one.at > of.clock.now()));
    for (const queue of QUEUES) {
      while (running[queue] < slots[queue]) {
        const messages = receive(queue);
        if (messages.length === 0) break;
        running[queue] += 1;
        void invoke(queue, messages);
      }
    }
  };
  /** Works until something holds; answers whether it came to hold within the time. */
  const workUntil = async (holds: () => boolean, withinMs: number): Promise<boolean> => {
    const until = of.clock.now() + withinMs;
    while (!holds() && of.clock.now() < until) {
      start();
      await settle();
      await of.clock.advance(STEP_MS);
    }
    return holds();
  };
  return { ...of, sent, queues, wait, workUntil };
}
