import type { DeployedValues } from '../model/deployed-values';
import { fieldsOf, numberOf, type StageModel, type StageResource, textOf } from '../model/stage-model';
import { call } from './call';
import { physicalName } from './physical-name';

export const QUEUE_TYPE = 'AWS::SQS::Queue';

const LONGEST_NAME = 80;
const FIFO = '.fifo';
/** What a queue does here as it would there; the rest is policy, encryption and tags. */
const ATTRIBUTES = [
  'VisibilityTimeout',
  'DelaySeconds',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'FifoQueue',
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'FifoThroughputLimit',
];
/** A queue that runs here. */
export interface LocalQueue {
  readonly url: string;
  readonly arn: string;
}

/** The queue to which another one's failures go. */
export function deadLettersOf(queue: StageResource, model: StageModel): StageResource | undefined {
  const { deadLetterTargetArn } = fieldsOf(queue.properties.RedrivePolicy);
  return model.named(deadLetterTargetArn);
}

/** Makes a queue; that of its dead letters must be there. */
export async function createQueue(
  resource: StageResource,
  deadLetters: LocalQueue | undefined,
  emulator: Parameters<typeof call>[0],
  values: DeployedValues,
): Promise<LocalQueue> {
  const { properties } = resource;
  const isFifo = properties.FifoQueue === true || properties.FifoQueue === 'true';
  const QueueName = textOf(properties.QueueName) ?? nameOf(resource, isFifo);
  const given = ATTRIBUTES.flatMap((name) => {
    const value = textOf(properties[name]);
    return value === undefined ? [] : [[name, value] as const];
  });
  const maxReceiveCount = numberOf(fieldsOf(properties.RedrivePolicy).maxReceiveCount, Number.NaN);
  const RedrivePolicy = deadLetters && JSON.stringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount });
  const Attributes = { ...Object.fromEntries(given), ...(RedrivePolicy && { RedrivePolicy }) };
  const { QueueUrl } = await call<{ QueueUrl: string }>(emulator, 'AmazonSQS.CreateQueue', { QueueName, Attributes });
  const arn = `arn:aws:sqs:${emulator.region}:000000000000:${QueueName}`;
  values.set(resource, 'Ref', QueueUrl);
  values.set(resource, 'QueueUrl', QueueUrl);
  values.set(resource, 'QueueName', QueueName);
  values.set(resource, 'Arn', arn);
  return { url: QueueUrl, arn };
}

function nameOf(resource: StageResource, isFifo: boolean): string {
  return isFifo ? physicalName(resource, LONGEST_NAME - FIFO.length) + FIFO : physicalName(resource, LONGEST_NAME);
}
