import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Domain, Ingress, JobProcessor, type PlatformStage, ProductionPlatform, Route, ServiceImage } from 'plinth';
import { estimate } from '../../cli/src/cost/estimate';
import { assumptionsOf } from '../../cli/src/cost/usage-file';
import { DeployedValues } from '../../cli/src/local/model/deployed-values';
import { containersOf, servicesOf } from '../../cli/src/local/model/services';
import { StageModel } from '../../cli/src/local/model/stage-model';
import { parseConfig } from '../../gateway/config';
import { workerEnvironment } from '../../lambda/job-worker/worker-environment';
import { readAssembly } from '../../lib/assembly';
import { demandsThatAre } from '../conformance/support';
import { DeletionOrder } from '../support/deletion-order';
import { propertiesOf } from '../support/service';
import { platformWithJobs, readable, templateOf } from './support';

const production = platformWithJobs();
const withoutJobs = platformWithJobs({ jobs: undefined });
const image = ServiceImage.fromFolder('dist/examples/recommendation-api', { command: ['node', 'server.js'] });
const inside = platformWithJobs({ stage: 'dev', domain: undefined, image });
const tiers = ['Network', 'Data', 'Service', 'Async'];

type Resources = {
  readonly [id: string]: {
    readonly Type: string;
    readonly Properties: {
      readonly LoggingConfig?: { readonly LogFormat: string };
      readonly ContainerDefinitions?: readonly { readonly LogConfiguration: { readonly LogDriver: string } }[];
    };
  };
};

const workerOf = (stage: PlatformStage) =>
  propertiesOf(templateOf(stage, 'Async'), 'AWS::Lambda::Function', ({ Description }) => String(Description).startsWith('Works'));

function environmentOf(stage: PlatformStage): NodeJS.ProcessEnv {
  const { Variables } = workerOf(stage).Environment as { Variables: { [name: string]: unknown } };
  return Object.fromEntries(Object.entries(Variables).map(([name, value]) => [name, readable(value)]));
}

test('a stage without jobs has no tier for them', () => {
  expect(withoutJobs.node.children.map(({ node }) => node.id)).toEqual(['Network', 'Data', 'Service']);
  expect(withoutJobs.jobs).toBeUndefined();
});

test('the table is in Data, the queue in Service, whose gateway sends to it, and the functions in Async', () => {
  const counts = (type: string) => tiers.map((tier) => Object.keys(templateOf(production, tier).findResources(type)).length);

  expect(counts('AWS::DynamoDB::Table')).toEqual([0, 2, 0, 0]);
  expect(counts('AWS::SQS::Queue')).toEqual([0, 0, 2, 0]);
  expect(counts('AWS::Lambda::EventSourceMapping')).toEqual([0, 0, 0, 1]);
});

test.each(tiers)('no resource of %s refers to a later tier', (tier) => {
  const text = JSON.stringify(templateOf(production, tier).toJSON().Resources);
  const later = tiers.slice(tiers.indexOf(tier) + 1);

  expect(later.filter((name) => text.includes(`"Stage-${name}`))).toEqual([]);
  expect((production.node.findChild(tier) as Stack).dependencies.map(({ node }) => node.id).filter((name) => later.includes(name))).toEqual(
    [],
  );
});

test('a reference of one tier to an earlier one is seen as such', () => {
  expect(JSON.stringify(templateOf(production, 'Async').toJSON())).toContain('"Stage-Service"');
});

test('REC-7.6 every function logs JSON with levels, and every container to CloudWatch as it writes', () => {
  const resources = tiers.flatMap((tier) => Object.values(templateOf(inside, tier).toJSON().Resources as Resources));
  const formats = resources
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties }) => Properties.LoggingConfig?.LogFormat);
  const drivers = resources.flatMap(({ Properties }) =>
    (Properties.ContainerDefinitions ?? []).map(({ LogConfiguration }) => LogConfiguration.LogDriver),
  );

  expect([formats.length > 5, new Set(formats)]).toEqual([true, new Set(['JSON'])]);
  expect([drivers.length > 1, new Set(drivers)]).toEqual([true, new Set(['awslogs'])]);
});

test.each(tiers)('%s stays under 400 resources', (tier) => {
  expect(Object.keys(templateOf(inside, tier).toJSON().Resources).length).toBeLessThan(400);
});

test('the database is made after the store of jobs', () => {
  const order = new DeletionOrder(templateOf(production, 'Data'));

  expect(order.after(order.idOf('AWS::RDS::DBInstance'))).toContain(order.idOf('AWS::DynamoDB::Table', /Jobs/));
});

test("CTX-4.4 the worker calls the platform's own path by its name, from outside the VPC", () => {
  expect(workerEnvironment(environmentOf(production)).processors.get('recommend')).toEqual({
    type: 'http',
    url: 'https://api.example.com/internal/jobs/recommend',
  });
  expect(workerOf(production)).not.toHaveProperty('VpcConfig');
});

test('without a domain it calls the load balancer from inside the VPC', () => {
  expect(workerEnvironment(environmentOf(inside)).processors.get('recommend')).toEqual({
    type: 'http',
    url: 'http://deployed/internal/jobs/recommend',
  });
  expect(workerOf(inside)).toHaveProperty('VpcConfig');
});

test('the worker decrypts the one secret by way of Secrets Manager', () => {
  const policies = Object.values(templateOf(production, 'Async').findResources('AWS::IAM::ManagedPolicy'));
  const statements = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);

  expect(statements).toContainEqual(
    expect.objectContaining({
      Action: 'kms:Decrypt',
      Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' } },
    }),
  );
});

test('REC-11.4 everything of Async that takes tags carries them', () => {
  const template = templateOf(production, 'Async');

  for (const type of ['AWS::Lambda::Function', 'AWS::IAM::Role', 'AWS::Logs::LogGroup', 'AWS::CloudWatch::Alarm', 'AWS::KMS::Key']) {
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
        .filter(({ Type }) => /^AWS::(DynamoDB::Table|S3::Bucket|Logs::LogGroup|KMS::Key)$/.test(Type))
        .map(({ DeletionPolicy }) => DeletionPolicy),
    );

  expect(new Set(kept(inside))).toEqual(new Set(['Delete']));
  expect(new Set(kept(production))).toEqual(new Set(['RetainExceptOnCreate']));
});

test('ProductionPlatform has the same tiers in one stack', () => {
  const stack = new Stack(new App(), 'Product');
  const platform = new ProductionPlatform(stack, 'Platform', {
    domain: Domain.inZone('Z1', 'api.example.com'),
    image: ServiceImage.fromRegistry('x/y:1'),
    access: { publicPaths: ['/internal/jobs/*'] },
    ingress: Ingress.gateway({ routes: [Route.longPolling('/internal/jobs/*')] }),
    jobs: { kinds: [{ name: 'recommend' }], processors: { recommend: JobProcessor.http('/internal/jobs/recommend') } },
    costAllocation: { project: 'shop', team: 'platform' },
  });

  expect(platform.jobs?.jobs.queue.queueArn).toBeDefined();
  Template.fromStack(stack).resourceCountIs('AWS::Lambda::EventSourceMapping', 1);
});

test.each<[string, Parameters<typeof platformWithJobs>[0], string]>([
  [
    'without API keys',
    { access: undefined },
    'Api: jobs must go with access, got none; add API keys, as a job belongs to the tenant of a key',
  ],
  [
    'whose path needs a key',
    { access: {} },
    'processors.recommend must be a path that needs no API key, got /internal/jobs/recommend; add it to access.publicPaths',
  ],
  [
    'whose path is a plain API route',
    { ingress: Ingress.gateway() },
    'processors.recommend must be a path with a route and a class of its own, got /internal/jobs/recommend, a plain API route; add Route.longPolling(',
  ],
  [
    'whose name is not known',
    { domain: Domain.certificate('arn:aws:acm:eu-west-1:111111111111:certificate/0a1b2c3d-0000-1111-2222-333344445555') },
    'processors.recommend must be a path of a service whose name is known, got a domain by its certificate alone; take Domain.inZone()',
  ],
])('a platform %s is an error', (_which, props, message) => {
  expect(() => platformWithJobs(props)).toThrow(message);
});

describe.each<[string, number, PlatformStage, PlatformStage]>([
  ['dev', 5, inside, platformWithJobs({ stage: 'dev', domain: undefined, image, jobs: undefined })],
  ['production', 15, production, withoutJobs],
])('%s with jobs', (_stage, most, withJobs, without) => {
  const [after, before] = [withJobs, without].map((stage) => readAssembly((stage.node.root as App).synth().directory)[0]);
  const [bill, billBefore] = [after, before].map((stage) => estimate(stage, assumptionsOf([stage])[0]));

  test(`REC-11.5 costs at most ${most} USD a month more, and each resource has a price`, () => {
    expect(bill.unpriced).toEqual([]);
    expect(bill.monthlyUsd - billBefore.monthlyUsd).toBeGreaterThan(1);
    expect(bill.monthlyUsd - billBefore.monthlyUsd).toBeLessThan(most);
  });

  test.each(['unmet', 'relaxed'])('has no demand that is %s but those that it had without, less the one on jobs', (status) => {
    expect(demandsThatAre(status, after)).toEqual(demandsThatAre(status, before).filter((demand) => demand !== 'CTX-4.4'));
  });
});

test('a local run tells the gateway where nobody takes messages, in the form that it reads', () => {
  const [stage] = readAssembly((inside.node.root as App).synth().directory);
  const model = new StageModel(stage);
  const [gateway] = containersOf(servicesOf(model)).filter(({ environment }) => environment.some(({ Name }) => Name === 'PLINTH_GATEWAY'));
  const { Value } = gateway.environment.find(({ Name }) => Name === 'PLINTH_GATEWAY')!;

  const { value } = new DeployedValues(model).resolve(gateway.task.stack.id, Value);

  expect(parseConfig(String(value)).jobs?.queueUrl).toMatch(/^http:\/\/127\.0\.0\.1:9\/111111111111\//);
});
