import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ApiKeys, ApiService, Domain, Ingress, Network, ServiceImage, WebhookQueues, type WebhookQueuesProps } from 'plinth';
import { readable, templateOf } from '../jobs/support';
import { actionsOf, platformWithWebhooks, statementsOf } from './support';

const QUEUE = 'AWS::SQS::Queue';

function queuesTemplate(props: WebhookQueuesProps = {}): Template {
  const stack = new Stack(new App(), 'Stack');
  new WebhookQueues(stack, 'Webhooks', props);
  return Template.fromStack(stack);
}

describe('the queues', () => {
  const template = queuesTemplate();
  const working = Object.values(template.findResources(QUEUE, { Properties: { RedrivePolicy: Match.anyValue() } }));

  test('are three standard ones, fair by message group, and one for what none could work', () => {
    template.resourceCountIs(QUEUE, 4);
    expect(working).toHaveLength(3);
    for (const { Properties } of working) {
      expect(Properties).not.toHaveProperty('FifoQueue');
      expect(Properties.RedrivePolicy).toEqual({
        deadLetterTargetArn: { 'Fn::GetAtt': [expect.stringContaining('DeadLetters'), 'Arn'] },
        maxReceiveCount: 5,
      });
    }
  });

  test('hide a message for six times as long as a sender has for it', () => {
    expect(working.map(({ Properties }) => Properties.VisibilityTimeout)).toEqual([270, 270, 270]);
  });

  test('keep what could not be worked for fourteen days, from where it goes back to the queue it came from', () => {
    template.hasResourceProperties(QUEUE, {
      MessageRetentionPeriod: 1_209_600,
      RedriveAllowPolicy: { redrivePermission: 'allowAll' },
      RedrivePolicy: Match.absent(),
    });
  });

  test('encrypt messages and take none without TLS', () => {
    template.allResourcesProperties(QUEUE, { SqsManagedSseEnabled: true });
    template.resourcePropertiesCountIs(
      'AWS::SQS::QueuePolicy',
      { PolicyDocument: { Statement: [Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })] } },
      4,
    );
  });

  test.each([0, 1.5, 1001])('refuse maxReceiveCount %d', (maxReceiveCount) => {
    expect(() => queuesTemplate({ maxReceiveCount })).toThrow(
      `Stack/Webhooks: maxReceiveCount must be a whole number from 1 to 1000, got ${maxReceiveCount}; choose one in that range`,
    );
  });
});

describe('the gateway of a platform with webhooks', () => {
  const stage = platformWithWebhooks({ webhooks: { refusedHosts: ['internal.example.com'] } });
  const service = templateOf(stage, 'Service');
  const [task] = Object.values(service.findResources('AWS::ECS::TaskDefinition'));
  const gateway = task.Properties.ContainerDefinitions.find(({ Name }: { Name: string }) => Name === 'gateway');
  const told = JSON.parse(readable(gateway.Environment.find(({ Name }: { Name: string }) => Name === 'PLINTH_GATEWAY').Value));

  test('CTX-10.1 is told of the table, the queues and the key, and refuses the names of the platform', () => {
    expect(told.webhooks).toEqual({
      table: 'deployed',
      fanOutQueueUrl: 'deployed',
      deliverQueueUrl: 'deployed',
      quarantineQueueUrl: 'deployed',
      region: 'eu-west-1',
      keyId: 'deployed',
      refusedHosts: ['api.example.com', 'internal.example.com'],
    });
  });

  test('has the internal key, which it signs cursors with, without jobs as well', () => {
    expect(gateway.Secrets).toEqual([{ Name: 'INTERNAL_API_KEY', ValueFrom: expect.anything() }]);
  });

  test('may send to the three queues, and receive nothing from them', () => {
    const statements = statementsOf(service, 'TaskRole');
    const [send] = statements.filter(({ Action }) => Action === 'sqs:SendMessage');

    expect(actionsOf(statements, 'sqs')).toEqual(['sqs:SendMessage']);
    expect([send.Resource].flat()).toHaveLength(3);
  });

  test('seals and opens secrets of endpoints, and no other data key', () => {
    const direct = statementsOf(service, 'TaskRole').filter(({ Condition }) =>
      JSON.stringify(Condition ?? {}).includes('EncryptionContext'),
    );

    expect(direct).toHaveLength(1);
    expect(direct[0]).toMatchObject({
      Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
      Condition: { StringEquals: { 'kms:EncryptionContext:plinth:use': 'webhooks' } },
    });
  });
});

test.each<[string, Parameters<typeof platformWithWebhooks>[0], string]>([
  [
    'without API keys',
    { access: undefined },
    'Api: webhooks must go with access, got none; add API keys, as an endpoint belongs to the tenant of a key',
  ],
  [
    'without a gateway',
    { ingress: Ingress.direct() },
    'Api: access must go with Ingress.gateway(), got Ingress.direct(); nobody else asks for keys',
  ],
])('a platform with webhooks %s is an error', (_which, props, message) => {
  expect(() => platformWithWebhooks(props)).toThrow(message);
});

test('a service whose webhooks have no internal key, and which has no jobs, is an error', () => {
  const stack = new Stack(new App(), 'Stack');
  const { vpc } = new Network(stack, 'Network');
  const image = ServiceImage.fromRegistry('registry.example.com/api:1');
  const service = (webhooks: WebhookQueues) =>
    new ApiService(stack, 'Api', { vpc, image, ingress: Ingress.gateway(), access: new ApiKeys(stack, 'Keys'), webhooks });

  expect(() => service(new WebhookQueues(stack, 'Webhooks'))).toThrow(
    'Stack/Api: webhooks must have an internalKey where there are no jobs, got none; pass Secrets.internalApiKey to WebhookQueues',
  );
});

test('a stage whose domain is a certificate alone refuses the names that it is told', () => {
  const domain = Domain.certificate('arn:aws:acm:eu-west-1:111111111111:certificate/0a1b2c3d-0000-1111-2222-333344445555');
  const { webhooks } = platformWithWebhooks({ domain, image: ServiceImage.fromRegistry('x/y:1') });

  expect(webhooks?.webhooks.refusedHosts).toEqual([]);
});
