import { estimate } from '../../../cli/src/cost/estimate';
import { byComponent, byService, byTag, byTier, listedOnly } from '../../../cli/src/cost/sums';
import { USAGE } from '../../../cli/src/cost/usage';
import type { AssemblyStage } from '../../../lib/assembly';
import { costOf, resource, stageOf } from './builder';

const usage = { ...USAGE.production, keyRequests: 0, secretRequests: 0 };
const key = resource('AWS::KMS::Key', {
  Tags: [
    { Key: 'environment', Value: 'production' },
    { Key: 'service', Value: 'api' },
    { Key: 'Name', Value: 'key' },
  ],
});
const secret = resource('AWS::SecretsManager::Secret');

test('lists a type that it does not know', () => {
  expect(costOf({ Machine: resource('AWS::EC2::Instance', { InstanceType: 'm7g.large' }), Key: key }).unpriced).toEqual([
    { type: 'AWS::EC2::Instance', resource: 'production-Stack/Machine', reason: 'its type has no price' },
  ]);
});

test('lists every resource of a type that it does not know', () => {
  const cluster = resource('AWS::MSK::Cluster');

  expect(costOf({ One: cluster, Two: cluster }).unpriced).toHaveLength(2);
});

test('knows that roles, settings and custom resources are free', () => {
  const { lines, unpriced } = costOf({
    Role: resource('AWS::IAM::Role'),
    Policy: resource('AWS::S3::BucketPolicy'),
    Custom: resource('Custom::ClosedSecurityGroup'),
  });

  expect([lines, unpriced]).toEqual([[], []]);
});

test('prices a template that nothing of plinth is in', () => {
  const template = {
    Parameters: { Class: { Type: 'String', Default: 'db.t4g.small' } },
    Conditions: { IsProduction: { 'Fn::Equals': ['a', 'b'] } },
    Resources: {
      Database: resource('AWS::RDS::DBInstance', {
        Engine: 'postgres',
        DBInstanceClass: { Ref: 'Class' },
        AllocatedStorage: 20,
        MultiAZ: { 'Fn::If': ['IsProduction', true, false] },
      }),
      Standby: { ...resource('AWS::RDS::DBInstance', { Engine: 'postgres' }), Condition: 'IsProduction' },
    },
  };
  const stage = { name: 'shop', stacks: [{ id: 'Shop', stackName: 'Shop', file: 'Shop.template.json', template }] };

  const { lines, unpriced } = estimate(stage, {
    profile: 'production',
    usage: { ...usage, databaseUsedGb: 1, databaseChangedGbPerDay: 0 },
  });

  expect(lines.map(({ resource: of, basis }) => `${of}: ${basis}`)).toEqual([
    'Shop/Database: 1 db.t4g.small x 730 h x 0.032',
    'Shop/Database: 1 copy x 20 GB of gp2 x 0.115',
  ]);
  expect(unpriced).toEqual([]);
});

test('prices a template that is empty or malformed as nothing', () => {
  const malformed = { Resources: { A: 3, B: { Type: 7 } } } as unknown as { Resources: Parameters<typeof stageOf>[0] };
  const stage = { name: 'odd', stacks: [{ id: 'Odd', stackName: 'Odd', file: 'Odd.template.json', template: malformed }] };

  expect(estimate(stage, { profile: 'dev', usage }).monthlyUsd).toBe(0);
});

test('follows a reference into another stack', () => {
  const service = resource('AWS::ECS::Service', { TaskDefinition: { 'Fn::ImportValue': 'task' }, LaunchType: 'FARGATE' });
  const stack = { region: 'us-east-1', file: 'x.template.json' };
  const stage: AssemblyStage = {
    name: 'dev',
    stacks: [
      { ...stack, id: 'App', stackName: 'App', template: { Resources: { Service: service } } },
      {
        ...stack,
        id: 'Tasks',
        stackName: 'Tasks',
        template: {
          Resources: { Task: resource('AWS::ECS::TaskDefinition', { Cpu: 256, Memory: 512 }) },
          Outputs: { Task: { Value: { Ref: 'Task' }, Export: { Name: 'task' } } },
        },
      },
    ],
  };

  expect(estimate(stage, { profile: 'dev', usage }).lines[0].basis).toBe('1 x86 task x 730 h x 0.25 vCPU x 0.04048');
});

test('names a resource by the path of its construct', () => {
  const withPath = { ...key, Metadata: { 'aws:cdk:path': 'production/Data/Key/Resource' } };

  expect(costOf({ Key: withPath }).lines[0].resource).toBe('production/Data/Key');
});

test('says which prices are from memory', () => {
  const { lines } = costOf({ Key: key, Topic: resource('AWS::SNS::Topic') });

  expect(lines.map(({ service, unverified }) => [service, unverified])).toEqual([
    ['KMS', undefined],
    ['KMS', undefined],
    ['SNS', true],
  ]);
});

test('says which other regions it prices as us-east-1', () => {
  const [stack] = stageOf({}).stacks;
  const stage = { name: 'eu', stacks: [stack, { ...stack, id: 'Eu', region: 'eu-west-1' }] };

  expect(estimate(stage, { profile: 'dev', usage }).otherRegions).toEqual(['eu-west-1']);
});

test('is within its budget up to the upper end', () => {
  const within = (high: number) => estimate(stageOf({ Key: key }), { profile: 'dev', band: [0, high], usage }).withinBand;

  expect([within(1), within(0.99)]).toEqual([true, false]);
});

const { lines } = estimate(stageOf({ Key: key, Other: key, Secret: secret }, 'production'), { profile: 'production', usage });

test('sums by service, the dearest first', () => {
  expect(Object.entries(byService(lines))).toEqual([
    ['KMS', 2],
    ['Secrets Manager', 0.4],
  ]);
});

test('sums by tier, which is the name of the stack without the stage', () => {
  expect(byTier(lines)).toEqual({ Stack: 2.4 });
});

test('sums by every cost tag, and shows what has none', () => {
  expect(byTag(lines)).toEqual({
    environment: { production: 2, '(untagged)': 0.4 },
    service: { api: 2, '(untagged)': 0.4 },
    project: { '(untagged)': 2.4 },
    team: { '(untagged)': 2.4 },
  });
});

test('sums by component beside what a production stage is expected to pay', () => {
  expect(byComponent(lines, true).filter(({ component }) => ['database', 'keys and secrets'].includes(component))).toEqual([
    { component: 'database', usd: 0, band: [200, 400] },
    { component: 'keys and secrets', usd: 2.4, band: null },
  ]);
});

test('has no expectation of the components of other stages', () => {
  expect(byComponent(lines, false).every(({ band }) => band === null)).toBe(true);
});

test('leaves NAT, firewall, endpoints and keys out of the second total', () => {
  const cost = costOf({
    Nat: resource('AWS::EC2::NatGateway'),
    Acl: resource('AWS::WAFv2::WebACL'),
    Endpoint: resource('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface' }),
    Key: key,
    Alarm: resource('AWS::CloudWatch::Alarm', { MetricName: 'CPUUtilization' }),
  });

  expect(listedOnly(cost.lines)).toBe(0.1);
});
