import { Duration } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Stack } from 'aws-cdk-lib';
import { Deployment } from 'plinth';
import { apiTemplate, metricsOf, propertiesOf } from '../support/service';

const rolling = apiTemplate({ deployment: Deployment.rolling() });
const canary = apiTemplate({ deployment: Deployment.canary() });
const linear = apiTemplate({ deployment: Deployment.linear() });
const alarm = (description: string) =>
  propertiesOf(canary, 'AWS::CloudWatch::Alarm', ({ AlarmDescription }) => String(AlarmDescription).startsWith(description));

test('REC-1.5 never runs less than the full number of healthy tasks', () => {
  for (const template of [rolling, canary, linear]) {
    template.hasResourceProperties('AWS::ECS::Service', { DeploymentConfiguration: { MinimumHealthyPercent: 100, MaximumPercent: 200 } });
  }
});

test('REC-1.5 rolls a rolling deployment back by the deployment circuit breaker', () => {
  rolling.hasResourceProperties('AWS::ECS::Service', {
    DeploymentConfiguration: { Strategy: 'ROLLING', DeploymentCircuitBreaker: { Enable: true, Rollback: true } },
  });
});

test.each([
  ['canary', canary],
  ['linear', linear],
  ['rolling', rolling],
])('REC-1.5 rolls a %s deployment back by the three alarms', (_name, template) => {
  template.hasResourceProperties('AWS::ECS::Service', {
    DeploymentConfiguration: {
      Alarms: { Enable: true, Rollback: true, AlarmNames: [Match.anyValue(), Match.anyValue(), Match.anyValue()] },
    },
  });
});

test('a canary takes 5 percent for 3 minutes and bakes 3 minutes', () => {
  canary.hasResourceProperties('AWS::ECS::Service', {
    DeploymentConfiguration: {
      Strategy: 'CANARY',
      CanaryConfiguration: { CanaryPercent: 5, CanaryBakeTimeInMinutes: 3 },
      BakeTimeInMinutes: 3,
    },
  });
});

test('a linear deployment moves 10 percent every 3 minutes', () => {
  linear.hasResourceProperties('AWS::ECS::Service', {
    DeploymentConfiguration: { Strategy: 'LINEAR', LinearConfiguration: { StepPercent: 10, StepBakeTimeInMinutes: 3 } },
  });
});

test.each([
  ['canary', canary],
  ['linear', linear],
])('a %s deployment is asked 50 times before clients are, and rolled back when that takes 10 minutes', (_name, template) => {
  template.hasResourceProperties('AWS::ECS::Service', {
    DeploymentConfiguration: {
      LifecycleHooks: [
        {
          HookTargetArn: Match.anyValue(),
          RoleArn: Match.anyValue(),
          LifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'],
          TimeoutConfiguration: { TimeoutInMinutes: 10, Action: 'ROLLBACK' },
        },
      ],
    },
  });
});

test('the test requests go to the test listener, by the name on its certificate', () => {
  const sender = Object.values(canary.findResources('AWS::Lambda::Function')).find(
    ({ Properties }) => Properties.Environment.Variables.TEST_TRAFFIC,
  )!;

  const [, parts] = sender.Properties.Environment.Variables.TEST_TRAFFIC['Fn::Join'];

  expect(JSON.parse(parts.map((part: unknown) => (typeof part === 'string' ? part : 'app/name/id')).join(''))).toEqual({
    loadBalancerName: 'app/name/id',
    port: 8444,
    protocol: 'https',
    host: 'api.example.com',
    verify: true,
    paths: ['/api/health/ready'],
    requests: 50,
    maxErrorRate: 0.05,
    maxP95Ms: 1000,
  });
});

test('only the test requests reach the test listener', () => {
  const open = propertiesOf(
    canary,
    'AWS::EC2::SecurityGroup',
    ({ GroupDescription }) => GroupDescription === 'Load balancer',
  ).SecurityGroupIngress;
  const rules = Object.values(canary.findResources('AWS::EC2::SecurityGroupIngress')).filter(
    ({ Properties }) => Properties.FromPort === 8444,
  );

  expect(JSON.stringify(open)).not.toContain('8444');
  expect(rules.map(({ Properties }) => JSON.stringify(Properties.SourceSecurityGroupId))).toEqual([expect.stringContaining('TestTraffic')]);
});

test('a rolling deployment has no hook, and nobody reaches its test listener', () => {
  expect(propertiesOf(rolling, 'AWS::ECS::Service').DeploymentConfiguration).not.toHaveProperty('LifecycleHooks');
  expect(JSON.stringify(rolling.findResources('AWS::EC2::SecurityGroupIngress'))).not.toContain('8444');
});

test('changing the strategy changes the strategy alone', () => {
  const wiring = (template: Template) => ({
    loadBalancers: propertiesOf(template, 'AWS::ECS::Service').LoadBalancers,
    rules: template.findResources('AWS::ElasticLoadBalancingV2::ListenerRule'),
    groups: template.findResources('AWS::ElasticLoadBalancingV2::TargetGroup'),
  });

  expect(wiring(canary)).toEqual(wiring(rolling));
  expect(wiring(linear)).toEqual(wiring(rolling));
});

test('ECS may change the two rules and the targets of the two groups, and nothing else', () => {
  const [id] = Object.keys(canary.findResources('AWS::IAM::ManagedPolicy')).filter((name) => name.includes('TrafficShift'));
  const { Statement: statements } = canary.findResources('AWS::IAM::ManagedPolicy')[id].Properties.PolicyDocument;
  const rules = Object.keys(canary.findResources('AWS::ElasticLoadBalancingV2::ListenerRule')).map((Ref) => ({ Ref }));
  const groups = Object.keys(canary.findResources('AWS::ElasticLoadBalancingV2::TargetGroup')).map((Ref) => ({ Ref }));

  expect(statements.map(({ Action, Resource }: { Action: unknown; Resource: unknown }) => [Action, Resource])).toEqual([
    ['elasticloadbalancing:ModifyRule', rules],
    [['elasticloadbalancing:RegisterTargets', 'elasticloadbalancing:DeregisterTargets'], groups],
    [['Listeners', 'Rules', 'TargetGroups', 'TargetHealth'].map((what) => `elasticloadbalancing:Describe${what}`), '*'],
  ]);
});

test('what ECS deploys by is there before the service and goes after it', () => {
  const [service] = Object.values(canary.findResources('AWS::ECS::Service'));

  for (const part of [
    'TrafficShiftRolePermissions',
    'TestTrafficInvokerPermissions',
    'TaskExecutionRolePermissions',
    'SecurityGroupfrom',
  ]) {
    expect(service.DependsOn).toContainEqual(expect.stringContaining(part));
  }
});

test('over 5 percent of 5xx answers of either group, from 20 requests a minute on, stop a deployment', () => {
  expect(alarm('Over 5 % of the answers')).toMatchObject({ Threshold: 5, EvaluationPeriods: 1 });
  expect(metricsOf(alarm('Over 5 % of the answers')).expr_1.Expression).toBe(
    'MAX([IF(requests0 >= 20, 100 * FILL(errors0, 0) / requests0, 0), IF(requests1 >= 20, 100 * FILL(errors1, 0) / requests1, 0)])',
  );
});

test('a p95 over 1 second stops a deployment: of plain API routes, or of one group at twice the other', () => {
  const metrics = metricsOf(alarm('p95 is over'));

  expect(alarm('p95 is over')).toMatchObject({ Threshold: 1000 });
  expect(metrics.expr_1.Expression).toBe(
    'MAX([api, IF(requests0 >= 20 AND requests1 >= 20 AND MAX([latency0, latency1]) > 2 * MIN([latency0, latency1]), 1000 * MAX([latency0, latency1]), 0)])',
  );
  expect(metrics.api.Expression).toBe('IF(measured >= 20, latency, 0)');
  expect(metrics.latency.MetricStat).toMatchObject({ Stat: 'p95', Metric: { Namespace: 'plinth', MetricName: 'Latency' } });
});

test('unhealthy tasks of either group stop a deployment', () => {
  expect(metricsOf(alarm('Tasks fail')).expr_1.Expression).toBe('SUM([unhealthy0, unhealthy1])');
});

test("takes the caller's alarms in the place of its own", () => {
  const own = Alarm.fromAlarmArn(new Stack(), 'Own', 'arn:aws:cloudwatch:eu-west-1:111111111111:alarm:mine');

  apiTemplate({ deployment: Deployment.canary({ alarms: [own] }) }).hasResourceProperties('AWS::ECS::Service', {
    DeploymentConfiguration: { Alarms: { AlarmNames: ['mine'] } },
  });
});

test.each([
  [
    () => Deployment.canary({ alarms: [] }),
    "Deployment.canary: alarms must be at least one alarm, got none; leave it out for the service's own three, as only an alarm rolls a shift back",
  ],
  [
    () => Deployment.linear({ alarms: [] }),
    "Deployment.linear: alarms must be at least one alarm, got none; leave it out for the service's own three, as only an alarm rolls a shift back",
  ],
  [() => Deployment.canary({ percent: 100 }), 'Deployment.canary: percent must be from 0.1 to 99, got 100; choose a share of requests'],
  [() => Deployment.linear({ stepPercent: 1 }), 'Deployment.linear: percent must be from 3 to 100, got 1; choose a share of requests'],
  [
    () => Deployment.canary({ bakeTime: Duration.seconds(90) }),
    'Deployment.canary: bakeTime must be whole minutes from 0 to 1440, got 1.5; choose whole minutes',
  ],
  [
    () => Deployment.canary({ canaryTime: Duration.minutes(0) }),
    'Deployment.canary: stepTime must be whole minutes from 1 to 1440, got 0; choose whole minutes',
  ],
])('refuses a deployment that cannot be judged %#', (make, message) => {
  expect(make).toThrow(message);
});
