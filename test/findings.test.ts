import { App, Stack, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import {
  ApiService,
  DataProtection,
  Deployment,
  Domain,
  Firewall,
  FirewallAlarms,
  Ingress,
  JobProcessor,
  JobQueue,
  JobQueueAlarms,
  JobScaling,
  JobStore,
  JobWorker,
  Network,
  ProductionPlatform,
  Route,
  Secrets,
  ServiceImage,
  TlsPolicy,
  WebhookAlarms,
  WebhookDelivery,
  WebhookStore,
} from 'plinth';
import { NO_FLAGS } from './support/feature-flags';
import { EXCEPTION_FAMILIES } from '../lib/governance/exceptions';
import { addPlatformWithJobs } from './jobs/support';
import { findingsOf } from './support/findings';
import { context, noFlags, platformApp } from './support/stages';
import { addPlatformWithWebhooks } from './webhooks/support';

const image = ServiceImage.fromRegistry('registry.example.com/api:1');

/** What the library makes, each in a stack of its own. */
const SUBJECTS: { readonly [name: string]: (stack: Stack) => void } = {
  Network: (stack) => new Network(stack, 'Network'),
  'Network with every option': (stack) =>
    new Network(stack, 'Network', {
      zones: 3,
      natGateways: 2,
      outboundPorts: [443, 587, 9092],
      interfaceEndpoints: [ec2.InterfaceVpcEndpointAwsService.ECR, ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER],
    }),
  'Firewall with every option': (stack) => {
    const firewall = new Firewall(stack, 'Firewall', {
      routes: [Route.upload('/api/files/*')],
      allowList: ['192.0.2.0/24', '2001:db8::/32'],
      denyList: ['198.51.100.0/24'],
      countries: ['DE'],
      exceptions: [{ rule: 'SQLi_BODY', paths: ['/api/queries/*'] }],
    });
    FirewallAlarms.of(firewall).addBlockedRequests();
  },
  'ApiService with every option': (stack) =>
    new ApiService(stack, 'Api', {
      vpc: new Network(stack, 'Network').vpc,
      image,
      domain: Domain.inZone('Z1', 'api.example.com'),
      container: { environment: { LOG_LEVEL: 'INFO' }, writablePaths: ['/tmp', '/cache'], testPaths: ['/api/version'] },
      capacity: {
        spotPercent: 50,
        schedules: { Evening: { schedule: Schedule.cron({ hour: '20', minute: '0' }), minTasks: 2 } },
        worksQueue: sqs.Queue.fromQueueArn(stack, 'Work', 'arn:aws:sqs:eu-west-1:111111111111:work'),
      },
      deployment: Deployment.linear(),
      ingress: Ingress.gateway({ routes: [Route.longPolling('/api/chat/*')] }),
      loadBalancer: { tls: TlsPolicy.TLS_1_3, redirectHttp: false },
    }).grantTaskProtection(),
  'ApiService without domain and gateway': (stack) =>
    new ApiService(stack, 'Api', {
      vpc: new Network(stack, 'Network').vpc,
      image,
      ingress: Ingress.direct(),
      deployment: Deployment.rolling(),
    }),
  'Jobs alone': (stack) => {
    const { internalApiKey: internalKey } = new Secrets(stack, 'Secrets');
    const jobs = new JobQueue(stack, 'Jobs', { kinds: [{ name: 'reports.make' }], internalKey });
    const report = lambda.Function.fromFunctionName(stack, 'MakeReport', 'make-report');
    const processors = { 'reports.make': JobProcessor.function(report) };
    JobQueueAlarms.of(new JobWorker(stack, 'JobWorker', { jobs, processors, scaling: JobScaling.provisioned(2, 10) })).addAll();
  },
  'JobStore that is disposable': (stack) => new JobStore(stack, 'Jobs', { protection: DataProtection.disposable() }),
  'Webhooks alone': (stack) => void WebhookAlarms.of(new WebhookDelivery(stack, 'Webhooks', { fixedAddresses: true })).addAll(),
  'WebhookStore that is disposable': (stack) => new WebhookStore(stack, 'Webhooks', { protection: DataProtection.disposable() }),
  ProductionPlatform: (stack) =>
    new ProductionPlatform(stack, 'Platform', {
      image,
      domain: Domain.certificate('arn:aws:acm:eu-west-1:111111111111:certificate/0a1b2c3d-0000-1111-2222-333344445555'),
      costAllocation: { project: 'shop', team: 'platform' },
    }),
};
const STAGES = ['dev', 'staging', 'production', 'inside-with-jobs', 'with-webhooks'];

/** One app for all, as each app that is validated costs seconds. */
function appWithAll(flags: { readonly [flag: string]: unknown }): App {
  const app = platformApp(flags);
  addPlatformWithJobs(app, 'inside-with-jobs', { stage: 'dev', domain: undefined });
  addPlatformWithWebhooks(app, 'with-webhooks', { webhooks: { fixedAddresses: true } });
  for (const [name, make] of Object.entries(SUBJECTS)) make(new Stack(app, stackOf(name)));
  return app;
}

function stackOf(subject: string): string {
  return subject.replaceAll(' ', '-');
}

describe.each([
  ['no feature flag', noFlags],
  ['every feature flag', context],
])('with %s', (_, flags) => {
  const { open, acknowledged } = findingsOf(appWithAll(flags));
  const places = [...STAGES, ...Object.keys(SUBJECTS).map(stackOf)];

  test.each([...Object.keys(SUBJECTS), ...STAGES])('%s has no finding', (name) => {
    expect(open.filter((finding) => finding.includes(` at ${stackOf(name)}/`))).toEqual([]);
  });

  test('nothing else has a finding', () => {
    expect(open.filter((finding) => !places.some((place) => finding.includes(` at ${place}/`)))).toEqual([]);
  });

  test.each([...Object.keys(SUBJECTS), ...STAGES])('%s has accepted findings of its own', (name) => {
    expect(acknowledged.filter(({ construct }) => construct.startsWith(`${stackOf(name)}/`))).not.toEqual([]);
  });

  test('findings are accepted by the table of families alone', () => {
    expect(acknowledged.filter(({ family }) => family === undefined)).toEqual([]);
  });
});

describe('the table of accepted findings', () => {
  test('has at most 25 families, each with where and why', () => {
    expect(Object.keys(EXCEPTION_FAMILIES).length).toBeLessThanOrEqual(25);
    for (const { where, reason, rules } of Object.values(EXCEPTION_FAMILIES)) {
      expect(where).not.toBe('');
      expect(reason).not.toBe('');
      expect(rules).not.toEqual([]);
    }
  });

  test('never accepts an inline policy', () => {
    expect(Object.values(EXCEPTION_FAMILIES).flatMap(({ rules }) => rules)).not.toContainEqual(
      expect.stringContaining('IAMNoInlinePolicy'),
    );
  });
});

describe('the check itself', () => {
  const app = new App({ context: NO_FLAGS });
  const stack = new Stack(app, 'Stack');
  const bucket = new s3.CfnBucket(stack, 'Bucket');
  Validations.of(bucket).addWarning('test:unsure', 'somebody should look');
  new logs.CfnLogGroup(stack, 'Group');
  new sqs.CfnQueue(stack, 'Queue', { visibilityTimeout: 99_999 });
  new lambda.CfnFunction(stack, 'Function', {
    code: { zipFile: 'exports.handler = async () => {}' },
    handler: 'index.handler',
    runtime: 'nodejs24.x',
    role: 'arn:aws:iam::111111111111:role/function',
  });
  Validations.of(stack).acknowledge({ id: 'AwsSolutions::AwsSolutions-S1', reason: 'log-bucket-encryption: another family' });
  const report = jest.spyOn(console, 'error').mockImplementation();
  const { open, acknowledged } = findingsOf(app);
  report.mockRestore();

  test.each([
    'AwsSolutions: AwsSolutions-S10 at Stack/Bucket: ',
    'HIPAA.Security: HIPAA.Security-S3BucketVersioningEnabled at Stack/Bucket: ',
    'NIST.800.53.R5: NIST.800.53.R5-LambdaDLQ at Stack/Function: ',
    'PCI.DSS.321: PCI.DSS.321-LambdaInsideVPC at Stack/Function: ',
    'Serverless: Serverless-LambdaDLQ at Stack/Function: ',
    'CloudFormation Validate: F3034 at Stack/Queue: ',
    'CloudFormation Validate: plinth-log-retention at Stack/Group: ',
    'CloudFormation Validate: lambda_inside_vpc_check at Stack/Function: ',
    'CDK warning at Stack/Bucket: "somebody should look',
  ])('finds %s', (start) => {
    expect(open).toContainEqual(expect.stringContaining(start));
  });

  test('tells an acknowledgement that no family covers', () => {
    expect(acknowledged).toContainEqual({ rule: 'AwsSolutions::AwsSolutions-S1', construct: 'Stack/Bucket', family: undefined });
  });
});
