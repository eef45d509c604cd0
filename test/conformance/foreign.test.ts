import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { CloudFormationTemplate } from '../../lib/assembly';
import { reportOn } from '../../lib/conformance/report';
import { assemblyOf, demandsThatAre, findingOf, stageOf } from './support';

describe('a plain CDK app', () => {
  const [stage] = assemblyOf((stack) => {
    const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1 });
    const cluster = new ecs.Cluster(stack, 'Cluster', { vpc });
    const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task', { cpu: 256, memoryLimitMiB: 512 });
    taskDefinition.addContainer('app', { image: ecs.ContainerImage.fromRegistry('nginx:latest'), portMappings: [{ containerPort: 80 }] });
    const service = new ecs.FargateService(stack, 'Service', { cluster, taskDefinition, desiredCount: 1 });
    const balancer = new elbv2.ApplicationLoadBalancer(stack, 'Balancer', { vpc, internetFacing: true });
    balancer.addListener('Http', { port: 80 }).addTargets('Targets', { port: 80, targets: [service] });
  });

  test.each([
    ['REC-1.1', 'met'],
    ['REC-1.6', 'met'],
    ['REC-6.4', 'met'],
    ['REC-1.7', 'unmet'],
    ['REC-4.1', 'unmet'],
    ['REC-6.2', 'unmet'],
    ['REC-8.6', 'unmet'],
    ['REC-11.4', 'unmet'],
    ['REC-13.1', 'not-applicable'],
    ['REC-13.2', 'unmet'],
    ['CTX-9.2', 'not-applicable'],
  ])('has %s %s', (demand, status) => {
    expect(findingOf(demand, stage).status).toBe(status);
  });

  test('is told what its tasks lack', () => {
    expect(findingOf('REC-1.7', stage)).toMatchObject({
      reason: 'a task definition: Cpu must be 1024 to 2048, got 256; a task definition: Memory must be 2048 to 4096, got 512',
      evidence: [
        { stack: 'Stack', path: 'Properties.Cpu', value: '256' },
        { path: 'Properties.Memory', value: '512' },
      ],
    });
  });

  test('is not relaxed', () => {
    expect(demandsThatAre('relaxed', stage)).toEqual([]);
  });
});

describe('an app of functions', () => {
  const serverless: CloudFormationTemplate = {
    Resources: {
      Api: { Type: 'AWS::Serverless::Api', Properties: { StageName: 'prod' } },
      Handler: {
        Type: 'AWS::Serverless::Function',
        Properties: { CodeUri: './src', Events: { Get: { Type: 'Api', Properties: { Path: '/{id}', RestApiId: { Ref: 'Api' } } } } },
      },
      Table: { Type: 'AWS::Serverless::SimpleTable' },
    },
  };

  test('has nothing that the checks of templates are about', () => {
    const demands = reportOn([stageOf({ serverless })], { root: __dirname }).filter(({ kind }) => kind === 'template');
    const statuses = demands.map(({ status }) => status);

    expect([...new Set(statuses)].toSorted()).toEqual(['not-applicable', 'planned']);
  });

  test('is asked for the tests and the files of its project all the same', () => {
    const report = reportOn([stageOf({ serverless })], { root: __dirname });

    expect(report.find(({ id }) => id === 'REC-2.3')).toMatchObject({ status: 'unmet', reason: 'not run: npm test' });
    expect(report.find(({ id }) => id === 'REC-11.5')).toMatchObject({
      status: 'unmet',
      reason: 'there must be cli/src/cost/command.ts, docs/cost.md, docs/decisions/ADR-06-cost.md, test/cli/cost/stages.test.ts',
    });
  });
});

test.each<[string, CloudFormationTemplate]>([
  ['no resources', {}],
  ['a resource that is none', { Resources: { Odd: 'text' } } as unknown as CloudFormationTemplate],
  ['properties that are none', { Resources: { Odd: { Type: 'AWS::ECS::Service', Properties: [] } } } as unknown as CloudFormationTemplate],
  ['lists where objects stand', { Resources: { Vpc: { Type: 'AWS::EC2::VPC', Properties: { Tags: { a: 1 }, CidrBlock: [] } } } }],
  [
    'references to nothing',
    { Resources: { S: { Type: 'AWS::ECS::Service', Properties: { LoadBalancers: [{ TargetGroupArn: { Ref: 'Gone' } }] } } } },
  ],
  [
    'unknown functions',
    { Resources: { S: { Type: 'AWS::ECS::Service', Properties: { LoadBalancers: { 'Fn::Transform': { Name: 'Include' } } } } } },
  ],
  [
    'a macro in place of properties',
    { Resources: { B: { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', Properties: { 'Fn::Transform': { Name: 'Include' } } } } },
  ],
])('judges a template with %s', (_, template) => {
  expect(reportOn([stageOf({ template })], { root: __dirname })).toHaveLength(232);
});
