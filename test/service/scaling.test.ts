import { Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import { Match } from 'aws-cdk-lib/assertions';
import { Ingress } from 'plinth';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { apiService, apiTemplate, metricsOf, propertiesOf } from '../support/service';

const template = apiTemplate();
const alarm = (description: string, from = template) =>
  propertiesOf(from, 'AWS::CloudWatch::Alarm', ({ AlarmDescription }) => String(AlarmDescription).startsWith(description));
const policies = Object.values(template.findResources('AWS::ApplicationAutoScaling::ScalingPolicy')).map(
  ({ Properties }) => Properties.StepScalingPolicyConfiguration,
);

test('REC-1.2 scales by itself on CPU and on memory', () => {
  expect(alarm('Adds tasks: cpu')).toMatchObject({ MetricName: 'CPUUtilization', Namespace: 'AWS/ECS', Statistic: 'Average' });
  expect(alarm('Adds tasks: memory')).toMatchObject({ MetricName: 'MemoryUtilization', Namespace: 'AWS/ECS', Statistic: 'Average' });
});

test('REC-1.6 places tasks in two zones', () => {
  const { Subnets: subnets } = (
    propertiesOf(template, 'AWS::ECS::Service').NetworkConfiguration as { AwsvpcConfiguration: { Subnets: unknown[] } }
  ).AwsvpcConfiguration;
  expect(subnets).toHaveLength(2);
  template.hasResourceProperties('AWS::ECS::Service', { AvailabilityZoneRebalancing: 'ENABLED' });
});

test('REC-1.8 keeps 2 tasks at least and 10 at most', () => {
  template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 2, MaxCapacity: 10 });
});

test('REC-1.9 adds tasks at 70 % CPU and 80 % memory', () => {
  expect([alarm('Adds tasks: cpu').Threshold, alarm('Adds tasks: memory').Threshold]).toEqual([70, 80]);
});

test.each(['cpu', 'memory', 'requests', 'latency'])('REC-1.10 adds tasks after 2 minutes of high %s', (what) => {
  expect(alarm(`Adds tasks: ${what}`)).toMatchObject({ EvaluationPeriods: 2 });
});

test('REC-1.10 removes a task after 5 minutes of low load', () => {
  expect(alarm('Removes a task')).toMatchObject({ EvaluationPeriods: 5, Threshold: 1 });
});

test('REC-5.1 removes a task only while CPU is under 30 % and memory under 40 %', () => {
  expect(metricsOf(alarm('Removes a task')).expr_1.Expression).toBe(
    'IF(cpu < 30 AND memory < 40 AND MAX([cpu * 0, requests]) < 600 AND MAX([cpu * 0, p95]) < 400 AND ' +
      'MAX([cpu * 0, tasks0]) * MAX([cpu * 0, tasks1]) == 0, 1, 0)',
  );
});

test('REC-5.2 adds tasks at 1,000 requests a minute for each healthy task, over both target groups', () => {
  const { Threshold: threshold } = alarm('Adds tasks: requests');
  const metrics = metricsOf(alarm('Adds tasks: requests'));

  expect(threshold).toBe(1000);
  expect(metrics.expr_1.Expression).toBe('MAX([requests0 / tasks0, requests1 / tasks1])');
  expect(['requests0', 'requests1', 'tasks0', 'tasks1'].map((id) => metrics[id].MetricStat!.Metric.MetricName)).toEqual([
    'RequestCount',
    'RequestCount',
    'HealthyHostCount',
    'HealthyHostCount',
  ]);
});

test('REC-5.2 counts the two groups apart', () => {
  const metrics = metricsOf(alarm('Adds tasks: requests'));

  expect(metrics.requests0.MetricStat!.Metric.Dimensions).not.toEqual(metrics.requests1.MetricStat!.Metric.Dimensions);
  expect(metrics.requests0.MetricStat!.Metric.Dimensions).toMatchObject([{ Name: 'LoadBalancer' }, { Name: 'TargetGroup' }]);
});

test('REC-5.3 adds tasks when p95 of plain API routes is over 500 ms, as the gateway measures it', () => {
  const latency = alarm('Adds tasks: latency');
  const metrics = metricsOf(latency);

  expect(latency.Threshold).toBe(500);
  expect(metrics.latency.MetricStat).toMatchObject({
    Stat: 'p95',
    Period: 60,
    Metric: {
      Namespace: 'plinth',
      MetricName: 'Latency',
      Dimensions: [
        { Name: 'RouteClass', Value: 'api' },
        { Name: 'Service', Value: JSON.parse(gatewayEnvironment()).service },
      ],
    },
  });
});

test('REC-5.3 judges no minute of fewer than 20 requests', () => {
  const metrics = metricsOf(alarm('Adds tasks: latency'));

  expect(metrics.expr_1.Expression).toBe('IF(measured >= 20, latency, 0)');
  expect(metrics.measured.MetricStat).toMatchObject({ Stat: 'SampleCount', Metric: metrics.latency.MetricStat!.Metric });
});

function gatewayEnvironment(): string {
  const [task] = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
  const gateway = task.Properties.ContainerDefinitions.find(({ Name }: { Name: string }) => Name === 'gateway');
  return gateway.Environment.find(({ Name }: { Name: string }) => Name === 'PLINTH_GATEWAY').Value;
}

test('REC-5.3 takes the slower target group where there is no gateway', () => {
  const metrics = metricsOf(alarm('Adds tasks: latency', apiTemplate({ ingress: Ingress.direct() })));

  expect(metrics.expr_1.Expression).toBe('MAX([IF(requests0 >= 20, latency0 * 1000, 0), IF(requests1 >= 20, latency1 * 1000, 0)])');
});

test('REC-5.4 adds 1 or 2 tasks and waits 3 minutes', () => {
  const out = policies.filter(({ Cooldown }) => Cooldown === 180);

  expect(out.map(({ StepAdjustments }) => StepAdjustments.map((step: { ScalingAdjustment: number }) => step.ScalingAdjustment))).toEqual([
    [1, 2],
    [1, 2],
    [1, 2],
    [1, 2],
  ]);
});

test('REC-5.4 removes 1 task and waits 10 minutes', () => {
  const down = policies.filter(({ Cooldown }) => Cooldown === 600);

  expect(down.map(({ StepAdjustments }) => StepAdjustments)).toEqual([[{ MetricIntervalLowerBound: 0, ScalingAdjustment: -1 }]]);
});

test('REC-5.5 keeps between 2 and 20 tasks', () => {
  apiTemplate({ capacity: { maxTasks: 20 } }).hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', {
    MinCapacity: 2,
    MaxCapacity: 20,
  });
});

test('scales by the service-linked role, which may', () => {
  const { RoleARN: role } = propertiesOf(template, 'AWS::ApplicationAutoScaling::ScalableTarget');

  expect(JSON.stringify(role)).toContain(
    'role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService',
  );
});

test('nothing but the five step policies changes the number of tasks', () => {
  expect(policies).toHaveLength(5);
  expect(propertiesOf(template, 'AWS::ECS::Service').DesiredCount).toBeUndefined();
});

test.each([
  [{ minTasks: 5, maxTasks: 4 }, 'maxTasks must be at least minTasks (5), got 4; raise maxTasks or lower minTasks'],
  [{ minTasks: 1 }, "minTasks must be a whole number from 2 to 1000, got 1; two tasks are what keeps a zone's loss from being an outage"],
  [{ maxTasks: 2.5 }, 'maxTasks must be a whole number from 2 to 1000, got 2.5; name a number of tasks'],
  [{ spotPercent: 101 }, 'spotPercent must be a whole number from 0 to 100, got 101; name a percentage'],
])('refuses the capacity %j', (capacity, message) => {
  expect(() => apiService({ capacity })).toThrow(`Api/Api: ${message}`);
});

test('REC-11.1 changes the numbers by the clock on request', () => {
  const scheduled = apiTemplate({
    capacity: { schedules: { Evening: { schedule: Schedule.cron({ hour: '20', minute: '0' }), minTasks: 1, maxTasks: 4 } } },
  });

  scheduled.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', {
    ScheduledActions: [Match.objectLike({ Schedule: 'cron(0 20 * * ? *)', ScalableTargetAction: { MinCapacity: 1, MaxCapacity: 4 } })],
  });
});

test.each([
  [0, [{ CapacityProvider: 'FARGATE', Base: 1, Weight: 1 }]],
  [
    40,
    [
      { CapacityProvider: 'FARGATE', Base: 1, Weight: 60 },
      { CapacityProvider: 'FARGATE_SPOT', Weight: 40 },
    ],
  ],
  [100, [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }]],
])('REC-11.1 runs %i percent of tasks on Spot', (spotPercent, strategy) => {
  apiTemplate({ capacity: { spotPercent } }).hasResourceProperties('AWS::ECS::Service', { CapacityProviderStrategy: strategy });
});

describe('a service that works a queue', () => {
  const worksQueue = sqs.Queue.fromQueueArn(new Stack(), 'Work', 'arn:aws:sqs:eu-west-1:111111111111:work');
  const working = apiTemplate({ capacity: { worksQueue } });
  const age = { Namespace: 'AWS/SQS', MetricName: 'ApproximateAgeOfOldestMessage' };

  test('adds tasks by how long the oldest message waits', () => {
    expect(alarm('Adds tasks: backlog', working)).toMatchObject({
      ...age,
      Dimensions: [{ Name: 'QueueName', Value: 'work' }],
      Statistic: 'Maximum',
      Period: 60,
      Threshold: 60,
      EvaluationPeriods: 2,
    });
  });

  test('removes none while a message waits', () => {
    const metrics = metricsOf(alarm('Removes a task', working));
    expect(metrics.expr_1.Expression).toContain(' AND MAX([cpu * 0, waited]) < 30, 1, 0)');
    expect(metrics.waited.MetricStat!.Metric).toMatchObject(age);
    // An alarm takes ten metrics at most, besides what is made of them.
    expect(Object.values(metrics).filter(({ MetricStat }) => MetricStat !== undefined).length).toBeLessThanOrEqual(10);
  });

  test('lets its tasks protect themselves while they work', () => {
    const actions = Object.values(working.findResources('AWS::IAM::ManagedPolicy')).map(({ Properties }) => JSON.stringify(Properties));
    expect(actions.filter((text) => text.includes('ecs:UpdateTaskProtection'))).toHaveLength(1);
    expect(JSON.stringify(template.toJSON())).not.toContain('ecs:UpdateTaskProtection');
  });
});
