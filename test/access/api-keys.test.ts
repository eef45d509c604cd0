import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { ApiKeyAlarms, ApiKeys, ApiKeyStore, ApiService, DataProtection, Ingress, ServiceImage } from 'plinth';
import { apiKeyTable, KEYS_BY_TENANT, LISTED_OF_KEY } from 'plinth-runtime/access';
import { parseConfig } from '../../gateway/config';
import { apiService, propertiesOf } from '../support/service';
import { stageTemplates } from '../support/stages';

const TABLE = 'AWS::DynamoDB::Table';
const templates = stageTemplates();
const stages = ['dev', 'staging', 'production'];

function storeTemplate(protection?: DataProtection): Template {
  const stack = new Stack(new App(), 'Stack');
  const store = new ApiKeyStore(stack, 'Keys', { protection });
  store.grantAuthenticate(new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') }));
  return Template.fromStack(stack);
}

type Statement = { readonly Action: string | string[]; readonly Resource: unknown; readonly Condition?: object };

/** What the policies of a template say of DynamoDB and of decrypting for it. */
function statementsOf(template: Template): Statement[] {
  const policies = { ...template.findResources('AWS::IAM::Policy'), ...template.findResources('AWS::IAM::ManagedPolicy') };
  return Object.values(policies)
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[])
    .filter(({ Action, Condition }) => JSON.stringify([Action, Condition]).includes('dynamodb'));
}

describe('the table of API keys', () => {
  const properties = propertiesOf(storeTemplate(), TABLE);

  test('is the one that the runtime reads and writes', () => {
    const { AttributeDefinitions, KeySchema } = apiKeyTable('keys');
    expect(properties).toMatchObject({
      AttributeDefinitions,
      KeySchema,
      GlobalSecondaryIndexes: [{ IndexName: KEYS_BY_TENANT, Projection: { NonKeyAttributes: LISTED_OF_KEY, ProjectionType: 'INCLUDE' } }],
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    });
  });

  test('takes what comes, is encrypted with a key of the account and goes back to any second of 35 days', () => {
    expect(properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: expect.anything() },
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 },
    });
  });

  test('outlives its stack, unless it is disposable', () => {
    storeTemplate().hasResource(TABLE, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    const disposable = storeTemplate(DataProtection.disposable());
    disposable.hasResource(TABLE, { DeletionPolicy: 'Delete' });
    expect(propertiesOf(disposable, TABLE)).toMatchObject({ DeletionProtectionEnabled: false });
  });

  test('lets who asks get a row and decrypt through DynamoDB, nothing more', () => {
    const statements = statementsOf(storeTemplate());
    expect(statements.map(({ Action }) => Action)).toEqual(['dynamodb:GetItem', 'kms:Decrypt']);
    expect(statements[0].Resource).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^Keys/), 'Arn'] });
    expect(JSON.stringify(statements[1].Condition)).toContain('kms:ViaService');
  });
});

describe('a service that asks for keys', () => {
  function serviceWith(options: { publicPaths?: string[]; testPaths?: string[] } = {}) {
    const stack = new Stack(new App(), 'Keys');
    const access = new ApiKeys(stack, 'Access', { publicPaths: options.publicPaths });
    return apiService({ access, container: { testPaths: options.testPaths } });
  }

  test('tells its gateway the table, the region and the public paths', () => {
    const { stack } = apiService();
    const access = new ApiKeys(stack, 'Access', { publicPaths: ['/api/openapi.json', '/public/*'], forwardKey: true });
    new ApiService(stack, 'Keyed', { vpc: stack.node.findChild('Vpc') as never, image: ServiceImage.fromRegistry('x/y:1'), access });
    const configured = JSON.stringify(Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition'));
    expect(configured).toContain(String.raw`\"publicPaths\":[\"/api/openapi.json\",\"/public/*\"],\"forwardKey\":true`);
    expect(configured).toMatch(/access.*AccessStore/);
  });

  test.each(stages)('is configured in %s as its gateway reads it', (stage) => {
    const task = propertiesOf(templates[`${stage}/Service`], 'AWS::ECS::TaskDefinition', ({ ContainerDefinitions }) =>
      JSON.stringify(ContainerDefinitions).includes('PLINTH_GATEWAY'),
    );
    const { Value } = (task.ContainerDefinitions as { Environment: { Name: string; Value: unknown }[] }[])
      .flatMap(({ Environment }) => Environment)
      .find(({ Name }) => Name === 'PLINTH_GATEWAY')!;
    const parts = typeof Value === 'string' ? [Value] : (Value as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1];
    const valueOf = (part: unknown, at: number) => {
      const before = String(parts[at - 1]);
      if (typeof part === 'string') return part;
      if (/queueUrl":"$/i.test(before)) return 'https://sqs.example.com/queue-of-the-stage';
      return before.endsWith('keyId":"') ? 'arn:aws:kms:eu-west-1:111111111111:key/of-the-stage' : 'keys-of-the-stage';
    };
    const text = parts.map(valueOf).join('');
    expect(parseConfig(text).access).toEqual({
      table: 'keys-of-the-stage',
      region: expect.any(String),
      publicPaths: ['/api/openapi.json', '/api/categories', '/internal/jobs/recommend'],
      forwardKey: false,
    });
  });

  test.each(stages)('reads its keys in %s through the endpoint of the network, one by one', (stage) => {
    const ofKeys = statementsOf(templates[`${stage}/Service`]).filter(({ Resource }) => JSON.stringify(Resource).includes('ApiKeys'));
    expect(ofKeys.map(({ Action }) => Action)).toEqual(['dynamodb:GetItem']);
    templates[`${stage}/Network`].hasResourceProperties('AWS::EC2::VPCEndpoint', {
      VpcEndpointType: 'Gateway',
      ServiceName: { 'Fn::Join': ['', Match.arrayWith(['.dynamodb'])] },
    });
  });

  test('refuses to go without a gateway', () => {
    const access = new ApiKeys(new Stack(new App(), 'Keys'), 'Access');
    expect(() => apiService({ access, ingress: Ingress.direct() })).toThrow(
      'Api/Api: access must go with Ingress.gateway(), got Ingress.direct(); nobody else asks for keys, so leave one of them out',
    );
  });

  test('refuses test traffic that its own gateway would refuse', () => {
    expect(() => serviceWith({ testPaths: ['/api/health/ready', '/api/items?page=1', '/public/x'], publicPaths: ['/public/*'] })).toThrow(
      'Api/Api: container.testPaths must need no key, got /api/items?page=1; add them to access.publicPaths, or test the path of health',
    );
  });

  test('takes test traffic to public paths and health', () => {
    expect(() => serviceWith({ testPaths: ['/api/health/ready', '/public/x?y=1'], publicPaths: ['/public/*'] })).not.toThrow();
  });

  test.each(['api', '/a*', '/a b'])('refuses the public path %s', (path) => {
    expect(() => new ApiKeys(new Stack(new App(), 'S'), 'Access', { publicPaths: [path] })).toThrow(
      `S/Access: publicPaths must be absolute paths or prefixes that end in /*, got ${path}; write it as /public/*`,
    );
  });

  test('has an alarm on failed keys, as its gateway counts them', () => {
    const { stack } = apiService();
    const access = new ApiKeys(stack, 'Access');
    const api = new ApiService(stack, 'Keyed', {
      vpc: stack.node.findChild('Vpc') as never,
      image: ServiceImage.fromRegistry('x/y:1'),
      access,
    });
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'FailedKeys',
      Namespace: 'plinth',
      Dimensions: [{ Name: 'Service', Value: api._serviceName }],
      Threshold: 100,
      AlarmDescription: Match.stringLikeRegexp('runbook docs/runbooks/failed-keys.md$'),
    });
    expect(ApiKeyAlarms.of(api).metricFailedKeys().period?.toMinutes()).toBe(5);
  });

  test('is none without the prop: no table, no grant, no alarm', () => {
    const template = Template.fromStack(apiService().stack);
    template.resourceCountIs(TABLE, 0);
    expect(statementsOf(template)).toEqual([]);
    expect(JSON.stringify(template.toJSON())).not.toContain('FailedKeys');
  });
});
