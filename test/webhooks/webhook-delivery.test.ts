import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { JobScaling, WebhookQueues, WebhookStore } from 'plinth';
import { senderEnvironment } from '../../lambda/webhook-sender/sender-environment';
import { webhooksEnvironment } from '../../lambda/shared/webhooks-environment';
import { actionsOf, delivery, deliveryTemplate, environmentOf, functionOf, statementsOf } from './support';

const SOURCE = 'AWS::Lambda::EventSourceMapping';
const RECEIVE = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'];
const template = deliveryTemplate();

const sourceOf = (queue: string, of = template) => {
  const [{ Properties }] = Object.values(
    of.findResources(SOURCE, { Properties: { EventSourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp(queue), 'Arn'] } } }),
  );
  return Properties;
};

describe('the sources', () => {
  test.each([
    ['QueuesFanOut', 2],
    ['QueuesDeliver', 50],
    ['QueuesQuarantine', 10],
  ])('of %s take ten messages at once, with %i functions at most, and bring back only what failed', (queue, MaximumConcurrency) => {
    expect(sourceOf(queue)).toMatchObject({
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency },
    });
  });

  test('give slow endpoints senders of their own, which others do not wait for', () => {
    expect(sourceOf('QueuesQuarantine').FunctionName).toEqual(sourceOf('QueuesDeliver').FunctionName);
    expect(sourceOf('QueuesQuarantine', deliveryTemplate({ quarantineConcurrency: 7 })).ScalingConfig).toEqual({ MaximumConcurrency: 7 });
  });

  test('scale as jobs do', () => {
    const properties = sourceOf('QueuesDeliver', deliveryTemplate({ scaling: JobScaling.provisioned(2, 20) }));

    expect(properties).toMatchObject({ ProvisionedPollerConfig: { MinimumPollers: 2, MaximumPollers: 20 } });
    expect(properties).not.toHaveProperty('ScalingConfig');
  });
});

describe('the functions', () => {
  test.each(['Makes', 'Sends', 'Looks'])('read their environment as it was written: %s', (what) => {
    expect(webhooksEnvironment(environmentOf(template, what))).toMatchObject({ tableName: 'deployed', fanOutQueueUrl: 'deployed' });
  });

  test('the sender knows the key, the names and the ranges that are refused', () => {
    const app = new App();
    const webhooks = new WebhookQueues(new Stack(app, 'Other'), 'Queues', { refusedHosts: ['api.example.com'] });
    const { stack } = delivery({ webhooks, refusedNetworks: ['203.0.113.0/24', '2001:db8::/32'] }, app);

    expect(senderEnvironment(environmentOf(Template.fromStack(stack), 'Sends'))).toMatchObject({
      keyId: 'deployed',
      refusedHosts: ['api.example.com'],
      refusedNetworks: ['203.0.113.0/24', '2001:db8::/32'],
      allowLoopback: false,
    });
  });

  test('no construct lets a sender reach loopback', () => {
    expect(JSON.stringify(template.toJSON())).not.toContain('WEBHOOK_ALLOW_LOOPBACK');
  });

  test('stand outside any VPC', () => {
    for (const { Properties } of Object.values(template.findResources('AWS::Lambda::Function')))
      expect(Properties).not.toHaveProperty('VpcConfig');
  });

  test('CTX-4.2 the sender has time for an endpoint that takes 30 seconds, and less than a sixth of what a message is hidden for', () => {
    const hidden = Object.values(template.findResources('AWS::SQS::Queue')).flatMap(({ Properties }) => Properties.VisibilityTimeout ?? []);

    expect(functionOf(template, 'Sends').Timeout).toBe(45);
    expect(hidden).toEqual([270, 270, 270]);
  });

  test('the sweeper runs every minute', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(1 minute)' });
  });
});

describe('least privilege', () => {
  test.each([
    ['FanOutRole', [...RECEIVE, 'sqs:SendMessage'], []],
    ['SenderRole', [...RECEIVE, ...RECEIVE, 'sqs:SendMessage'], ['kms:Decrypt']],
    ['SweeperRole', ['sqs:SendMessage'], []],
  ])('%s receives and sends what it has to, and opens secrets only where it signs', (role, queues, sealing) => {
    const statements = statementsOf(template, role);
    const direct = statements.filter(({ Condition }) => JSON.stringify(Condition ?? {}).includes('EncryptionContext'));

    expect(actionsOf(statements, 'sqs').toSorted()).toEqual(queues.toSorted());
    expect(direct.flatMap(({ Action }) => Action)).toEqual(sealing);
  });

  test.each([
    ['FanOutRole', ['Deliver', 'Quarantine']],
    ['SenderRole', ['Deliver', 'Quarantine']],
    ['SweeperRole', ['Deliver', 'Quarantine']],
  ])('%s sends to %j', (role, queues) => {
    const send = statementsOf(template, role).filter(({ Action }) => Action === 'sqs:SendMessage');
    const named = send
      .flatMap(({ Resource }) => [Resource].flat())
      .map((resource) => /Queues(\w+?)[0-9A-F]{8}/.exec(JSON.stringify(resource))?.[1]);

    expect(named).toEqual(queues);
  });

  test('no resource is a wildcard but for traces', () => {
    const wide = Object.values(template.findResources('AWS::IAM::ManagedPolicy'))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .filter(({ Action, Resource }) => JSON.stringify([Action, Resource]).includes('*'))
      .flatMap(({ Action }) => Action);

    expect(new Set(wide.map((action: string) => action.split(':')[0]))).toEqual(new Set(['xray']));
  });
});

describe('with fixed addresses', () => {
  const fixed = deliveryTemplate({ fixedAddresses: true });

  test('CTX-4.2 only the sender stands in a network of its own, and is told of its range', () => {
    expect(functionOf(fixed, 'Sends')).toMatchObject({
      VpcConfig: {
        SubnetIds: [1, 2].map((zone) => ({ Ref: expect.stringContaining(`EgressVpcPrivateSubnet${zone}`) })),
        SecurityGroupIds: [{ 'Fn::GetAtt': [expect.stringContaining('EgressSecurityGroup'), 'GroupId'] }],
      },
    });
    for (const what of ['Makes', 'Looks']) expect(functionOf(fixed, what)).not.toHaveProperty('VpcConfig');
    expect(senderEnvironment(environmentOf(fixed, 'Sends')).refusedNetworks).toEqual(['10.250.0.0/24']);
  });

  test('tells the addresses that receivers let through', () => {
    const [output] = Object.values(fixed.findOutputs('*'));

    expect(output.Description).toBe('The addresses that calls come from');
    expect(JSON.stringify(output.Value).match(/PublicIp/g)).toHaveLength(2);
    expect(delivery({ fixedAddresses: true }).delivery.egress?.addresses).toHaveLength(2);
  });
});

test('with queues and a store of other stacks it makes none', () => {
  const app = new App();
  const store = new WebhookStore(new Stack(app, 'Data'), 'Store');
  const webhooks = new WebhookQueues(new Stack(app, 'Service'), 'Webhooks', { store });
  const alone = Template.fromStack(delivery({ webhooks }, app).stack);

  alone.resourceCountIs('AWS::SQS::Queue', 0);
  alone.resourceCountIs('AWS::DynamoDB::Table', 0);
});

test.each([
  [{ quarantineConcurrency: 1 }, 'quarantineConcurrency must be a whole number from 2 to 100, got 1; choose one in that range'],
  [{ quarantineConcurrency: 101 }, 'quarantineConcurrency must be a whole number from 2 to 100, got 101; choose one in that range'],
  [
    { refusedNetworks: ['203.0.113.1'] },
    'refusedNetworks must be ranges such as 203.0.113.0/24, got 203.0.113.1; write it with its length',
  ],
])('refuses %o', (props, message) => {
  expect(() => delivery(props)).toThrow(`Stack/Webhooks: ${message}`);
});
