import { Duration } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
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

test('a rolling deployment has no test listener and no hook', () => {
  expect(
    Object.values(rolling.findResources('AWS::ElasticLoadBalancingV2::Listener')).map(({ Properties }) => Properties.Port),
  ).not.toContain(8444);
  expect(propertiesOf(rolling, 'AWS::ECS::Service').DeploymentConfiguration).not.toHaveProperty('LifecycleHooks');
});

test('ECS may move the weights of the two rules and nothing else', () => {
  canary.hasResourceProperties('AWS::IAM::ManagedPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        { Effect: 'Allow', Action: 'elasticloadbalancing:ModifyRule', Resource: [{ Ref: Match.anyValue() }, { Ref: Match.anyValue() }] },
      ]),
    },
  });
});

test('over 5 percent of 5xx answers, over both groups, stop a deployment', () => {
  expect(alarm('Over 5 % of answers').Threshold).toBe(5);
  expect(metricsOf(alarm('Over 5 % of answers')).expr_1.Expression).toBe(
    'IF((FILL(requests0, 0) + FILL(requests1, 0)) > 0, 100 * (FILL(errors0, 0) + FILL(errors1, 0)) / (FILL(requests0, 0) + FILL(requests1, 0)), 0)',
  );
});

test('a p95 over 1 second stops a deployment', () => {
  expect(alarm('p95 of plain API routes')).toMatchObject({ MetricName: 'Latency', ExtendedStatistic: 'p95', Threshold: 1000 });
});

test('unhealthy tasks of either group stop a deployment', () => {
  expect(metricsOf(alarm('Tasks fail')).expr_1.Expression).toBe('FILL(unhealthy0, 0) + FILL(unhealthy1, 0)');
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
  [
    () => Deployment.canary({ testPaths: ['health'] }),
    'Deployment.canary: testPaths must be paths that begin with /, got ["health"]; name at least one',
  ],
])('refuses a deployment that cannot be judged %#', (make, message) => {
  expect(make).toThrow(message);
});
