import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Domain, Ingress, JobProcessor, JobScaling, type PlatformStage, ProductionPlatform, Route, ServiceImage } from 'plinth';
import { estimate } from '../../cli/src/cost/estimate';
import { assumptionsOf } from '../../cli/src/cost/usage-file';
import { senderEnvironment } from '../../lambda/webhook-sender/sender-environment';
import { readAssembly } from '../../lib/assembly';
import { demandsThatAre } from '../conformance/support';
import { templateOf } from '../jobs/support';
import { DeletionOrder } from '../support/deletion-order';
import { environmentOf, platformWithWebhooks } from './support';

const image = ServiceImage.fromFolder('dist/examples/recommendation-api', { command: ['node', 'server.js'] });
/** What a platform with jobs beside its webhooks has. */
const jobs = {
  access: { publicPaths: ['/internal/jobs/*'] },
  ingress: Ingress.gateway({ routes: [Route.longPolling('/internal/jobs/*')] }),
  jobs: { kinds: [{ name: 'recommend' }], processors: { recommend: JobProcessor.http('/internal/jobs/recommend') } },
};
const production = platformWithWebhooks();
const without = platformWithWebhooks({ webhooks: undefined });
const dev = platformWithWebhooks({ stage: 'dev', domain: undefined, image });
const fixed = platformWithWebhooks({ webhooks: { fixedAddresses: true }, cidr: '10.20.0.0/16' });
const tiers = ['Network', 'Data', 'Service', 'Async'];

test('a stage without webhooks and jobs has no tier for them', () => {
  expect(without.node.children.map(({ node }) => node.id)).toEqual(['Network', 'Data', 'Service']);
  expect([without.webhooks, production.jobs]).toEqual([undefined, undefined]);
});

test('the table is in Data, the queues in Service, whose gateway sends to them, and the functions in Async', () => {
  const counts = (type: string) => tiers.map((tier) => Object.keys(templateOf(production, tier).findResources(type)).length);

  expect(counts('AWS::DynamoDB::Table')).toEqual([0, 2, 0, 0]);
  expect(counts('AWS::SQS::Queue')).toEqual([0, 0, 4, 0]);
  expect(counts('AWS::Lambda::EventSourceMapping')).toEqual([0, 0, 0, 3]);
});

test.each(tiers)('no resource of %s refers to a later tier', (tier) => {
  const text = JSON.stringify(templateOf(fixed, tier).toJSON().Resources);
  const later = tiers.slice(tiers.indexOf(tier) + 1);

  expect(later.filter((name) => text.includes(`"Stage-${name}`))).toEqual([]);
});

test.each(tiers)('%s stays under 400 resources with everything on', (tier) => {
  const everything = platformWithWebhooks({ ...jobs, webhooks: { fixedAddresses: true } });

  expect(Object.keys(templateOf(everything, tier).toJSON().Resources).length).toBeLessThan(400);
});

test('the database is made after the store of webhooks', () => {
  const order = new DeletionOrder(templateOf(production, 'Data'));

  expect(order.after(order.idOf('AWS::RDS::DBInstance'))).toContain(order.idOf('AWS::DynamoDB::Table', /Webhooks/));
});

test.each([
  ['production', production, ['api.example.com'], ['10.0.0.0/16']],
  ['dev', dev, [], ['10.0.0.0/16']],
  ['fixed addresses', fixed, ['api.example.com'], ['10.20.0.0/16', '10.250.0.0/24']],
] as const)("the sender of %s refuses the platform's own names and networks", (_which, stage, refusedHosts, refusedNetworks) => {
  expect(senderEnvironment(environmentOf(templateOf(stage, 'Async'), 'Sends'))).toMatchObject({ refusedHosts, refusedNetworks });
});

test('a sender with fixed addresses stands in no network of the platform', () => {
  const { VpcConfig } = Object.values(templateOf(fixed, 'Async').findResources('AWS::Lambda::Function'))
    .map(({ Properties }) => Properties)
    .find(({ Description }) => Description.startsWith('Sends'))!;

  expect(JSON.stringify(VpcConfig)).toMatch(/TierWebhooksEgressVpcPrivateSubnet/);
  expect(JSON.stringify(VpcConfig)).not.toContain('Network');
});

test('REC-11.4 everything of Async that takes tags carries them', () => {
  const template = templateOf(fixed, 'Async');

  for (const type of ['AWS::Lambda::Function', 'AWS::IAM::Role', 'AWS::Logs::LogGroup', 'AWS::CloudWatch::Alarm', 'AWS::EC2::VPC']) {
    for (const { Properties } of Object.values(template.findResources(type))) {
      const tags = Object.fromEntries(Properties.Tags.map(({ Key, Value }: { Key: string; Value: string }) => [Key, Value]));
      expect(tags).toMatchObject({ environment: 'production', project: 'shop', team: 'platform', service: 'async' });
    }
  }
});

test('the whole of it goes with dev, and stays with production', () => {
  const kept = (stage: PlatformStage) =>
    ['Data', 'Async'].flatMap((tier) =>
      Object.values(templateOf(stage, tier).toJSON().Resources as { [id: string]: { Type: string; DeletionPolicy?: string } })
        .filter(({ Type }) => /^AWS::(DynamoDB::Table|Logs::LogGroup|KMS::Key)$/.test(Type))
        .map(({ DeletionPolicy }) => DeletionPolicy),
    );

  expect(new Set(kept(dev))).toEqual(new Set(['Delete']));
  expect(new Set(kept(production))).toEqual(new Set(['RetainExceptOnCreate']));
});

test('ProductionPlatform has the same tiers in one stack', () => {
  const stack = new Stack(new App(), 'Product');
  const platform = new ProductionPlatform(stack, 'Platform', {
    domain: Domain.inZone('Z1', 'api.example.com'),
    image: ServiceImage.fromRegistry('x/y:1'),
    access: {},
    webhooks: {},
    costAllocation: { project: 'shop', team: 'platform' },
  });

  expect(platform.webhooks?.webhooks.deliver.queueArn).toBeDefined();
  Template.fromStack(stack).resourceCountIs('AWS::Lambda::EventSourceMapping', 3);
});

test('dev has the alarms that need no metric of their own, staging and production all', () => {
  const alarmsOf = (stage: PlatformStage) => Object.keys(templateOf(stage, 'Async').findResources('AWS::CloudWatch::Alarm')).length;

  expect([dev, platformWithWebhooks({ stage: 'staging' }), production].map((stage) => alarmsOf(stage))).toEqual([4, 9, 9]);
});

const concurrencyOf = (stage: PlatformStage) =>
  Object.values(templateOf(stage, 'Async').findResources('AWS::Lambda::EventSourceMapping')).map(
    ({ Properties }) => Properties.ScalingConfig.MaximumConcurrency as number,
  );

test('dev leaves room for other functions in a new account, which runs ten', () => {
  expect(concurrencyOf(dev).reduce((sum, one) => sum + one, 0)).toBeLessThan(10);
});

test('production has as many senders as ten endpoints that hang leave others, or what the webhooks say', () => {
  const said = platformWithWebhooks({ webhooks: { scaling: JobScaling.onDemand(7), quarantineConcurrency: 3 } });

  expect(concurrencyOf(production).toSorted((one, other) => one - other)).toEqual([2, 10, 50]);
  expect(concurrencyOf(said).toSorted((one, other) => one - other)).toEqual([2, 3, 7]);
});

const assemblyOf = (stage: PlatformStage) => readAssembly((stage.node.root as App).synth().directory)[0];
const billOf = (stage: PlatformStage) => {
  const assembly = assemblyOf(stage);
  return estimate(assembly, assumptionsOf([assembly])[0]);
};

test.each<[string, number, PlatformStage]>([
  ['dev', 200, platformWithWebhooks({ stage: 'dev', image, ...jobs })],
  ['production', 800, platformWithWebhooks({ ...jobs })],
])('REC-11.5 %s with jobs and webhooks costs at most %i USD a month, and each resource has a price', (_stage, most, stage) => {
  const { monthlyUsd, unpriced } = billOf(stage);

  expect(unpriced).toEqual([]);
  expect(monthlyUsd).toBeLessThanOrEqual(most);
});

test('fixed addresses cost about 75 USD a month', () => {
  const added = billOf(fixed).monthlyUsd - billOf(production).monthlyUsd;

  expect(added).toBeGreaterThan(70);
  expect(added).toBeLessThan(80);
});

test.each<[string, PlatformStage]>([
  ['webhooks', production],
  ['fixed addresses', fixed],
])('%s leave no demand unmet or relaxed that was met without them', (_which, stage) => {
  const [after, before] = [stage, without].map((one) => assemblyOf(one));

  for (const status of ['unmet', 'relaxed']) {
    const standing = demandsThatAre(status, before);
    expect(demandsThatAre(status, after).filter((demand) => !standing.includes(demand))).toEqual([]);
  }
});
