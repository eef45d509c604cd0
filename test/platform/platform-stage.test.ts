import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Domain, PlatformStage, type PlatformStageProps, ProductionPlatform, ServiceImage, StageSizing, TlsPolicy } from 'plinth';
import { stageTemplates } from '../support/stages';

const templates = stageTemplates();
const common = { image: ServiceImage.fromRegistry('x/y:1'), costAllocation: { project: 'shop', team: 'platform' } };
const stage = (props: Partial<PlatformStageProps>) => new PlatformStage(new App(), 'Stage', { stage: 'dev', ...common, ...props });

test.each([
  ['dev', 2, 10],
  ['staging', 2, 10],
  ['production', 2, 20],
])('REC-1.8 runs %s with %i to %i tasks', (name, MinCapacity, MaxCapacity) => {
  templates[`${name}/Service`].hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity, MaxCapacity });
});

test.each([
  ['dev', 1],
  ['staging', 2],
  ['production', 2],
])('REC-6.2 gives %s %i NAT gateways', (name, count) => {
  templates[`${name}/Network`].resourceCountIs('AWS::EC2::NatGateway', count);
});

test.each([
  ['dev', 'ROLLING'],
  ['staging', 'CANARY'],
  ['production', 'CANARY'],
])('deploys %s by %s', (name, Strategy) => {
  templates[`${name}/Service`].hasResourceProperties('AWS::ECS::Service', { DeploymentConfiguration: { Strategy } });
});

test.each([
  ['dev', [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }]],
  ['staging', [{ CapacityProvider: 'FARGATE', Base: 1, Weight: 1 }]],
  ['production', [{ CapacityProvider: 'FARGATE', Base: 1, Weight: 1 }]],
])('REC-11.1 runs dev alone on Spot: %s', (name, CapacityProviderStrategy) => {
  const template = templates[`${name}/Service`];

  template.hasResourceProperties('AWS::ECS::Service', { CapacityProviderStrategy });
});

/** Types that CloudFormation gives no tags, and the rules that nothing may touch while ECS moves their weights. */
const UNTAGGED =
  /^AWS::(EC2::(Route|SubnetRouteTableAssociation|SubnetNetworkAclAssociation|NetworkAclEntry|VPCGatewayAttachment|SecurityGroup(In|E)gress)|S3::BucketPolicy|IAM::ManagedPolicy|Lambda::(Permission|LayerVersion)|Scheduler::Schedule|Logs::(SubscriptionFilter|MetricFilter)|SQS::QueuePolicy|WAFv2::(WebACLAssociation|LoggingConfiguration)|ElasticLoadBalancingV2::ListenerRule|ApplicationAutoScaling::ScalingPolicy|Route53::RecordSet|ECS::ClusterCapacityProviderAssociations|SecretsManager::(SecretTargetAttachment|RotationSchedule)|Backup::BackupSelection)$|^Custom::/;

const SERVICES: { readonly [tier: string]: string[] } = {
  Network: ['network'],
  Data: ['data', 'database', 'cache'],
  Service: ['api'],
  Async: ['async'],
};

interface Tagged {
  readonly Type: string;
  readonly Properties?: {
    readonly Tags?: { readonly Key: string; readonly Value: string }[];
    readonly BackupVaultTags?: { readonly [key: string]: string };
    readonly BackupPlanTags?: { readonly [key: string]: string };
  };
}

/** AWS Backup has them as maps under names of their own. */
function tagsOf({ Properties = {} }: Tagged): { readonly [key: string]: unknown } {
  const { Tags, BackupVaultTags, BackupPlanTags } = Properties;
  return Tags ? Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) : { ...(BackupVaultTags ?? BackupPlanTags) };
}

test.each(Object.keys(templates))('REC-11.4 tags everything of %s that takes tags', (name) => {
  const [environment, tier] = name.split('/');
  const resources = Object.entries(templates[name].toJSON().Resources as { [id: string]: Tagged }).filter(
    ([, { Type }]) => !UNTAGGED.test(Type),
  );

  const wrong = resources.filter(([, resource]) => {
    const tags = tagsOf(resource);
    const ofPlatform = tags.environment === environment && tags.project === 'recommendation-api' && tags.team === 'platform';
    return !ofPlatform || !SERVICES[tier].includes(String(tags.service));
  });

  expect(wrong.map(([id, { Type }]) => `${id} ${Type}`)).toEqual([]);
});

test('the tags of a platform are on its resources and not on its stacks, which would hand them to listener rules', () => {
  const { stacks } = stage({ stage: 'production', domain: Domain.inZone('Z1', 'api.example.com') }).synth();

  expect(stacks.map(({ tags }) => tags)).toEqual([{}, {}, {}]);
});

test('the load balancer takes its settings from the platform', () => {
  const strict = stage({ domain: Domain.inZone('Z1', 'api.example.com'), loadBalancer: { tls: TlsPolicy.TLS_1_3, redirectHttp: false } });

  const template = Template.fromStack(strict.node.findChild('Service') as Stack);
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
    Port: 443,
    SslPolicy: 'ELBSecurityPolicy-TLS13-1-3-PQ-2025-09',
  });
});

test('high traffic spreads over three zones with larger tasks', () => {
  const large = stage({ sizing: StageSizing.highTraffic(), domain: Domain.inZone('Z1', 'api.example.com') });

  Template.fromStack(large.node.findChild('Network') as Stack).resourceCountIs('AWS::EC2::NatGateway', 3);
  Template.fromStack(large.node.findChild('Service') as Stack).hasResourceProperties('AWS::ECS::TaskDefinition', {
    Cpu: '2048',
    Memory: '4096',
  });
});

test('dev without a domain is internal', () => {
  Template.fromStack(stage({}).node.findChild('Service') as Stack).hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
    Scheme: 'internal',
  });
});

test.each(['staging', 'production'])('%s without a domain is an error', (name) => {
  expect(() => stage({ stage: name })).toThrow(
    'Stage: domain must be given outside dev, got none; add Domain.inZone() or Domain.certificate()',
  );
});

test('a shell in production is an error', () => {
  const props = { stage: 'production', domain: Domain.inZone('Z1', 'api.example.com'), container: { enableExecuteCommand: true } };

  expect(() => stage(props)).toThrow(
    'Stage: container.enableExecuteCommand must be off outside dev, got true; leave it out, as it needs a writable root',
  );
});

test('an unknown stage is an error', () => {
  expect(() => stage({ stage: 'prod' })).toThrow(
    'StageSizing: stage must be dev, staging or production, got prod; rename it or pass a sizing of your own',
  );
});

test('the stacks of production refuse to be deleted, those of dev do not', () => {
  const production = stage({ stage: 'production', domain: Domain.inZone('Z1', 'api.example.com') });

  expect(production.node.children.map((stack) => (stack as Stack).terminationProtection)).toEqual([true, true, true]);
  expect(stage({}).node.children.map((stack) => (stack as Stack).terminationProtection)).toEqual([false, false, false]);
});

test('ProductionPlatform makes the same tiers in one stack of the caller', () => {
  const stack = new Stack(new App(), 'Product');

  new ProductionPlatform(stack, 'Platform', { ...common, domain: Domain.inZone('Z1', 'api.example.com') });

  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::ECS::Service', { DeploymentConfiguration: { Strategy: 'CANARY' } });
  template.hasResourceProperties('AWS::EC2::VPC', { Tags: Match.arrayWith([{ Key: 'environment', Value: 'production' }]) });
});

test('ProductionPlatform tags what it makes with the stage it is told', () => {
  const stack = new Stack(new App(), 'Product');

  new ProductionPlatform(stack, 'Platform', { ...common, stage: 'dev' });

  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::EC2::VPC', { Tags: Match.arrayWith([{ Key: 'environment', Value: 'dev' }]) });
});

test('ProductionPlatform without a domain is an error', () => {
  expect(() => new ProductionPlatform(new Stack(new App(), 'Product'), 'Platform', common)).toThrow(
    'Product/Platform: domain must be given outside dev, got none; add Domain.inZone() or Domain.certificate()',
  );
});
