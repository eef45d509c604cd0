import { every, onlyIfGiven } from '../conformance/assertions';
import { atLeast, atMost, between, equals, given, matches, refersTo } from '../conformance/predicates';
import { type Requirement, requirement } from '../conformance/requirement';
import { places, resources, type Selector, union, where } from '../conformance/selectors';
import { services } from '../conformance/topology';

const STEPS = 'StepScalingPolicyConfiguration.StepAdjustments[*].ScalingAdjustment';
const METRIC = 'Metrics[*].MetricStat.Metric.MetricName';

const targets = where(resources('AWS::ApplicationAutoScaling::ScalableTarget'), 'ResourceId', refersTo('a service', services));
const policies = where(resources('AWS::ApplicationAutoScaling::ScalingPolicy'), 'ScalingTargetId', refersTo('a target', targets));
const outPolicies = where(policies, STEPS, atLeast(1));
const inPolicies = where(policies, STEPS, atMost(-1));

const alarms = resources('AWS::CloudWatch::Alarm');
const outAlarms = where(alarms, 'AlarmActions[*]', refersTo('a policy that adds', outPolicies));
const inAlarms = where(alarms, 'AlarmActions[*]', refersTo('a policy that removes', inPolicies));

const cpu = where(outAlarms, 'MetricName', equals('CPUUtilization'));
const memory = where(outAlarms, 'MetricName', equals('MemoryUtilization'));
const requests = where(where(outAlarms, METRIC, equals('RequestCount')), METRIC, equals('HealthyHostCount'));
const taskMetrics = where(places(requests, 'Metrics[*]'), 'Id', matches(/^tasks/));
const latency = where(outAlarms, METRIC, equals('Latency'));
const p95 = where(places(latency, 'Metrics[*]'), 'Id', equals('latency'));
const measured = where(places(union(requests, latency, inAlarms), 'Metrics[*]'), 'MetricStat', given);

const ofService = (what: string, selector: Selector) =>
  every(what, selector, 'Dimensions[Name=ServiceName].Value', refersTo('a service', services));
const over = (what: string, selector: Selector, threshold: number) => every(what, selector, 'Threshold', equals(threshold));

/** CPU and memory are both carried by step policies, whose alarms may also be math over both. */
const highCpu = 'an alarm on high CPU that adds tasks';
const highMemory = 'an alarm on high memory that adds tasks';
const quiet = 'an alarm on low load that removes a task';

/**
 * What the demands ask of scaling.
 * @internal
 */
export const scalingRequirements: readonly Requirement[] = [
  requirement('REC-1.2', services, ofService(highCpu, cpu), ofService(highMemory, memory)),
  requirement(
    'REC-1.8',
    services,
    every('a scaling target', targets, 'MinCapacity', atLeast(2)),
    every('a scaling target', targets, 'MaxCapacity', between(10, 20)),
    onlyIfGiven('a schedule', targets, 'ScheduledActions[*].ScalableTargetAction.MinCapacity', atLeast(2)),
    onlyIfGiven('a schedule', targets, 'ScheduledActions[*].ScalableTargetAction.MaxCapacity', atMost(20)),
  ),
  requirement('REC-1.9', services, over(highCpu, cpu, 70), over(highMemory, memory, 80)),
  requirement(
    'REC-1.10',
    services,
    every(highCpu, cpu, 'Period', equals(60)),
    every(highMemory, memory, 'Period', equals(60)),
    every('an alarm that adds tasks', union(cpu, memory, requests, latency), 'EvaluationPeriods', equals(2)),
    every(quiet, inAlarms, 'EvaluationPeriods', equals(5)),
    every('a metric of these alarms', measured, 'MetricStat.Period', equals(60)),
  ),
  requirement(
    'REC-5.1',
    services,
    over(highCpu, cpu, 70),
    over(highMemory, memory, 80),
    every(quiet, inAlarms, 'Metrics[Id=cpu].MetricStat.Metric.MetricName', equals('CPUUtilization')),
    every(quiet, inAlarms, 'Metrics[Id=memory].MetricStat.Metric.MetricName', equals('MemoryUtilization')),
    every(quiet, inAlarms, 'Metrics[ReturnData=true].Expression', matches(/\bcpu < 30 AND memory < 40\b/)),
  ),
  requirement(
    'REC-5.2',
    services,
    over('an alarm on requests a minute a task', requests, 1000),
    every('an alarm on requests a minute a task', requests, 'Metrics[ReturnData=true].Expression', matches(/requests.* \/ .*tasks/)),
    every('a metric of tasks', taskMetrics, 'MetricStat.Metric.MetricName', equals('HealthyHostCount')),
  ),
  requirement(
    'REC-5.3',
    services,
    over('an alarm on the latency of plain API routes', latency, 500),
    every('an alarm on the latency of plain API routes', latency, 'Metrics[ReturnData=true].Expression', matches(/\blatency\b/)),
    every('the latency of plain API routes', p95, 'MetricStat.Stat', equals('p95')),
    every('the latency of plain API routes', p95, 'MetricStat.Metric.Dimensions[Name=RouteClass].Value', equals('api')),
    every('the latency of plain API routes', p95, 'MetricStat.Metric.Dimensions[Name=Service].Value', given),
  ),
  requirement(
    'REC-5.4',
    services,
    every('a policy that adds tasks', outPolicies, STEPS, between(1, 2)),
    every('a policy that adds tasks', outPolicies, 'StepScalingPolicyConfiguration.Cooldown', equals(180)),
    every('a policy that removes tasks', inPolicies, STEPS, equals(-1)),
    every('a policy that removes tasks', inPolicies, 'StepScalingPolicyConfiguration.Cooldown', equals(600)),
  ),
  requirement(
    'REC-5.5',
    services,
    every('a scaling target', targets, 'MinCapacity', between(2, 20)),
    every('a scaling target', targets, 'MaxCapacity', between(2, 20)),
  ),
];
