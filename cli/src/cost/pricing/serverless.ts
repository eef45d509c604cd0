import { charges, type Charge, counted, type Factor, type Gap } from '../charge';
import { HOURS } from '../price';
import { PRICES } from '../prices';
import type { Pricer, Surroundings } from '../pricer';
import type { StageResource } from '../stage-resources';
import { runsAMonth } from '../schedule';
import { at, isOn, listIn, numberIn, objectsIn, textIn } from '../values';

const functionCharge = charges('Lambda', 'the rest');
const DEFAULT_MEMORY_MB = 128;
const FREE_DISK_MB = 512;

export const lambdaFunction: Pricer = (resource, surroundings): (Charge | Gap)[] => {
  const { properties } = resource;
  const { usage } = surroundings;
  const calls = invocations(resource, surroundings);
  if (calls === 0) return [];
  const gb = (numberIn(properties.MemorySize) ?? DEFAULT_MEMORY_MB) / 1024;
  const arm = listIn(properties.Architectures).includes('arm64');
  const work: Factor[] = [
    [calls, 'invocations'],
    [usage.functionMs / 1000, 's'],
    [gb, 'GB'],
  ];
  return [
    functionCharge(PRICES.functionRequests, [calls / 1e6, 'million invocations']),
    functionCharge(arm ? PRICES.functionArm : PRICES.functionX86, ...work),
    ...(at(properties.TracingConfig, 'Mode') === 'Active' ? [tracing(calls)] : []),
    ...((numberIn(at(properties.EphemeralStorage, 'Size')) ?? FREE_DISK_MB) > FREE_DISK_MB
      ? [{ reason: 'the price of its larger disk is not in the table' }]
      : []),
  ];
};

/** Up to one call a second, every call is traced. */
function tracing(calls: number): Charge {
  return charges('X-Ray', 'logs and metrics')(PRICES.traces, [calls / 1e6, 'million traces']);
}

const CALLERS = [
  'AWS::Lambda::EventSourceMapping',
  'AWS::Logs::SubscriptionFilter',
  'AWS::Events::Rule',
  'AWS::Scheduler::Schedule',
  'AWS::SNS::Subscription',
  'AWS::ElasticLoadBalancingV2::TargetGroup',
  'AWS::Lambda::Url',
];

/** Custom resources, rotations and deployment hooks run now and then, schedules by the clock, the rest with the traffic. */
function invocations(resource: StageResource, { usage, stage }: Surroundings): number {
  const callers = stage.ofType(...CALLERS).filter(({ properties }) => stage.mentions(properties, resource));
  if (callers.length === 0) return usage.rareFunctionInvocations;
  const runs = callers.map(({ properties }) => runsAMonth(textIn(properties.ScheduleExpression, '')) ?? usage.functionInvocations);
  return runs.reduce((sum, one) => sum + one, 0);
}

/** A version or an alias costs only what it keeps warm. */
export const functionVersion: Pricer = ({ properties }): Gap[] =>
  properties.ProvisionedConcurrencyConfig === undefined ? [] : [{ reason: 'the price of provisioned concurrency is not in the table' }];

const POLLERS = 5;
const POLLS_PER_HOUR = 180;

/** What Lambda keeps ready where a template that asks for pollers gives no number. */
const PROVISIONED_POLLERS = 2;

/** Lambda polls a queue whether or not there is something in it; pollers above the minimum come and go with the work, and are not counted. */
export const eventSource: Pricer = ({ properties }, { stage }): (Charge | Gap)[] => {
  const { ProvisionedPollerConfig } = properties;
  const isQueue = stage.ofType('AWS::SQS::Queue').some((queue) => stage.mentions(properties.EventSourceArn, queue));
  if (!isQueue) {
    return ProvisionedPollerConfig === undefined
      ? []
      : [{ reason: 'the price of provisioned pollers of anything but a queue is not in the table' }];
  }
  const pollers = numberIn(at(ProvisionedPollerConfig, 'MinimumPollers')) ?? PROVISIONED_POLLERS;
  const standing = functionCharge(PRICES.pollerHour, [pollers, 'pollers that stand ready'], [HOURS, 'h']);
  const count = ProvisionedPollerConfig === undefined ? POLLERS : pollers;
  const polls = charges('SQS', 'the rest')(
    PRICES.queueRequests,
    [count, 'pollers'],
    [POLLS_PER_HOUR / 1e6, 'million polls an hour'],
    [HOURS, 'h'],
  );
  return ProvisionedPollerConfig === undefined ? [polls] : [standing, polls];
};

/** What other queues send away to a dead-letter queue is poison, of which there is none when all is well. */
export const queue: Pricer = (resource, { usage, stage }) => {
  const { properties } = resource;
  if (stage.ofType('AWS::SQS::Queue').some((other) => stage.mentions(at(other.properties.RedrivePolicy, 'deadLetterTargetArn'), resource)))
    return [];
  const price = isOn(properties.FifoQueue) ? PRICES.orderedQueueRequests : PRICES.queueRequests;
  return [charges('SQS', 'the rest')(price, [usage.queueMillionRequests, 'million requests'])];
};

export const topic: Pricer = (_, { usage }) => [
  charges('SNS', 'the rest')(PRICES.topicRequests, [usage.topicMillionRequests, 'million requests']),
];

export const bucket: Pricer = (_, { usage }) => {
  const charge = charges('S3', 'the rest');
  return [charge(PRICES.bucketStorage, [usage.bucketGb, 'GB']), charge(PRICES.bucketWrites, [usage.bucketWrites / 1e6, 'million writes'])];
};

/** On demand; a write goes to every index as well. */
export const table: Pricer = ({ properties }, { usage }): (Charge | Gap)[] => {
  const charge = charges('DynamoDB', 'the rest');
  const copies = Math.max(1, listIn(properties.Replicas).length);
  const recovery = [properties, ...objectsIn(properties.Replicas)].some(({ PointInTimeRecoverySpecification }) =>
    isOn(at(PointInTimeRecoverySpecification, 'PointInTimeRecoveryEnabled')),
  );
  const replicated = counted(copies, 'region');
  const storage = [
    charge(PRICES.tableStorage, replicated, [usage.tableGb, 'GB']),
    ...(recovery ? [charge(PRICES.tableRecovery, replicated, [usage.tableGb, 'GB restorable'])] : []),
  ];
  if (properties.BillingMode !== 'PAY_PER_REQUEST') {
    return [...storage, { reason: 'the price of provisioned capacity is not in the table' }];
  }
  const targets = 1 + listIn(properties.GlobalSecondaryIndexes).length;
  return [
    ...storage,
    charge(PRICES.tableWrites, replicated, counted(targets, 'table', 'table and indexes'), [usage.tableMillionWrites, 'million writes']),
    charge(PRICES.tableReads, [usage.tableMillionReads, 'million reads']),
  ];
};
