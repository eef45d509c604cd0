import { anyOf, every } from '../conformance/assertions';
import { between, given, refersTo } from '../conformance/predicates';
import { type Requirement, requirement } from '../conformance/requirement';
import { referredBy, resources, where } from '../conformance/selectors';

const queues = resources('AWS::SQS::Queue');
/** Functions that know where jobs are kept: webhooks have queues and functions too. */
const workers = where(resources('AWS::Lambda::Function'), 'Environment.Variables.JOB_TABLE', given);
/** What takes messages of a queue to a worker, as many at a time as it may. */
const pools = where(resources('AWS::Lambda::EventSourceMapping'), 'FunctionName', refersTo('a worker of jobs', workers));
const worked = referredBy(pools, 'EventSourceArn');

/**
 * What the demands ask of jobs.
 * @internal
 */
export const jobRequirements: readonly Requirement[] = [
  requirement(
    'CTX-4.4',
    pools,
    every('a pool of workers', pools, 'EventSourceArn', refersTo('a queue', queues)),
    // From none or few, as the backlog grows, up to a bound: the functions of an account share its limit.
    anyOf(
      every('a pool of workers', pools, 'ScalingConfig.MaximumConcurrency', between(2, 1000)),
      every('a pool of workers', pools, 'ProvisionedPollerConfig.MaximumPollers', between(2, 2000)),
    ),
    // What no worker can do must not keep the pool from the rest.
    every('a queue with workers', worked, 'RedrivePolicy.deadLetterTargetArn', refersTo('another queue', queues)),
    every('a queue with workers', worked, 'RedrivePolicy.maxReceiveCount', between(1, 1000)),
  ),
];
