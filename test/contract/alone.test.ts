import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import {
  ApiKeys,
  ApiKeyStore,
  ApiLoadBalancer,
  ApiService,
  Backups,
  ContentBucket,
  DatabaseBootstrap,
  DatabaseStorageGrowth,
  EgressVpc,
  Firewall,
  JobProcessor,
  JobQueue,
  JobStore,
  JobWorker,
  LimiterStore,
  Network,
  ResultCache,
  Secrets,
  ServiceImage,
  VectorDatabase,
  VectorExport,
  WebhookDelivery,
  WebhookQueues,
  WebhookStore,
} from 'plinth';
import { context } from '../support/stages';

const image = ServiceImage.fromRegistry('registry.example.com/api:1');
const plainVpc = (stack: Stack) => new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
const jobQueue = (stack: Stack) =>
  new JobQueue(stack, 'Jobs', { kinds: [{ name: 'report' }], internalKey: new Secrets(stack, 'Secrets').internalApiKey });
const constructs: [string, (stack: Stack, vpc: () => ec2.IVpc) => unknown][] = [
  ['Network', (stack) => new Network(stack, 'Network')],
  ['ApiLoadBalancer', (stack, vpc) => new ApiLoadBalancer(stack, 'LoadBalancer', { vpc: vpc() })],
  ['ApiService', (stack, vpc) => new ApiService(stack, 'Api', { vpc: vpc(), image })],
  ['ApiKeyStore', (stack) => new ApiKeyStore(stack, 'Keys')],
  ['ApiKeys', (stack) => new ApiKeys(stack, 'Keys')],
  ['JobStore', (stack) => new JobStore(stack, 'Jobs')],
  ['JobQueue', jobQueue],
  [
    'JobWorker',
    (stack) => {
      const report = JobProcessor.function(lambda.Function.fromFunctionName(stack, 'Report', 'report'));
      return new JobWorker(stack, 'Worker', { jobs: jobQueue(stack), processors: { report } });
    },
  ],
  ['WebhookStore', (stack) => new WebhookStore(stack, 'Webhooks')],
  ['WebhookQueues', (stack) => new WebhookQueues(stack, 'Webhooks')],
  ['WebhookDelivery', (stack) => new WebhookDelivery(stack, 'Webhooks')],
  ['WebhookDelivery with fixed addresses', (stack) => new WebhookDelivery(stack, 'Webhooks', { fixedAddresses: true })],
  ['EgressVpc', (stack) => new EgressVpc(stack, 'Egress')],
  ['Firewall', (stack) => new Firewall(stack, 'Firewall')],
  ['VectorDatabase', (stack) => new VectorDatabase(stack, 'Database', { vpc: new Network(stack, 'Network').vpc })],
  [
    'DatabaseStorageGrowth',
    (stack) => {
      const database = new VectorDatabase(stack, 'Database', { vpc: new Network(stack, 'Network').vpc });
      return new DatabaseStorageGrowth(stack, 'StorageGrowth', { database });
    },
  ],
  [
    'DatabaseBootstrap',
    (stack) => {
      const { vpc } = new Network(stack, 'Network');
      new DatabaseBootstrap(stack, 'Bootstrap', { vpc, database: new VectorDatabase(stack, 'Database', { vpc }) });
    },
  ],
  [
    'VectorExport',
    (stack) => {
      const { vpc } = new Network(stack, 'Network');
      return new VectorExport(stack, 'Export', { vpc, database: new VectorDatabase(stack, 'Database', { vpc }) });
    },
  ],
  ['ResultCache', (stack) => new ResultCache(stack, 'Cache', { vpc: new Network(stack, 'Network').vpc })],
  ['LimiterStore', (stack) => new LimiterStore(stack, 'Limits', { vpc: new Network(stack, 'Network').vpc })],
  ['Secrets', (stack) => new Secrets(stack, 'Secrets')],
  ['Backups', (stack) => new Backups(stack, 'Backups')],
  ['ContentBucket', (stack) => new ContentBucket(stack, 'Content')],
];
const environments: [string, { account?: string; region?: string }][] = [
  ['any account', {}],
  ['an account in Tokyo', { account: '111111111111', region: 'ap-northeast-1' }],
];

describe.each([
  ['no flag', {}],
  ['every flag on', context],
])('with %s', (_flags, flags) => {
  test.each(constructs)('%s stands alone in a plain stack', (_name, make) => {
    const stack = new Stack(new App({ context: flags }), 'Stack');

    make(stack, () => plainVpc(stack));

    expect(Object.keys(Template.fromStack(stack).toJSON().Resources).length).toBeGreaterThan(0);
  });

  test.each(constructs.filter(([name]) => ['ApiLoadBalancer', 'ApiService'].includes(name)))(
    '%s uses a VPC of another stack, which it leaves as it is',
    (_name, make) => {
      const alone = new Stack(new App({ context: flags }), 'Network');
      plainVpc(alone);
      const app = new App({ context: flags });
      const network = new Stack(app, 'Network');
      const vpc = plainVpc(network);

      make(new Stack(app, 'Stack'), () => vpc);

      expect(Object.keys(Template.fromStack(network).toJSON().Resources)).toEqual(
        Object.keys(Template.fromStack(alone).toJSON().Resources),
      );
      expect(network.dependencies).toEqual([]);
    },
  );

  test.each(environments)('Network looks nothing up for %s', (_name, env) => {
    const app = new App({ context: flags });
    new Network(new Stack(app, 'Stack', { env }), 'Network', { zones: 3 });

    const assembly = app.synth();

    expect(assembly.manifest.missing ?? []).toEqual([]);
    expect(JSON.stringify(assembly.getStackByName('Stack').template)).not.toMatch(/"(dummy1|ap-northeast-1)[a-d]"/);
  });
});
