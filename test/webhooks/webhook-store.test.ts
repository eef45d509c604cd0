import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { DataProtection, WebhookStore } from 'plinth';
import { webhookTable } from 'plinth-runtime/webhooks';
import { propertiesOf } from '../support/service';

const TABLE = 'AWS::DynamoDB::Table';

function storeTemplate(use: (store: WebhookStore, role: iam.IRole) => void = () => {}, protection?: DataProtection): Template {
  const stack = new Stack(new App(), 'Stack');
  const store = new WebhookStore(stack, 'Webhooks', { protection });
  use(store, new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }));
  return Template.fromStack(stack);
}

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: { readonly StringEquals: { readonly [key: string]: unknown } };
}

function statements(use: (store: WebhookStore, role: iam.IRole) => void): Statement[] {
  return Object.values(storeTemplate(use).findResources('AWS::IAM::Policy')).flatMap(
    ({ Properties }) => Properties.PolicyDocument.Statement,
  );
}

/** What a role may do with rows, a line an action and place. */
function rows(use: (store: WebhookStore, role: iam.IRole) => void): string[] {
  return statements(use)
    .flatMap(({ Action, Resource }) =>
      [Action]
        .flat()
        .flatMap((action) =>
          [Resource].flat().map((resource) => `${action.split(':')[0]}:${action.split(':')[1]} on ${placeOf(resource)}`),
        ),
    )
    .filter((line) => line.startsWith('dynamodb:'))
    .map((line) => line.slice('dynamodb:'.length));
}

const placeOf = (resource: unknown): string => /index\/([\w-]+)/.exec(JSON.stringify(resource))?.[1] ?? 'rows';

/** What a role may do with the key itself, which is not by way of DynamoDB. */
const sealing = (use: (store: WebhookStore, role: iam.IRole) => void) =>
  statements(use).filter(({ Condition }) => Condition && !('kms:ViaService' in Condition.StringEquals));

describe('the table of webhooks', () => {
  const properties = propertiesOf(storeTemplate(), TABLE);

  test('is the one that the runtime reads and writes', () => {
    const { KeySchema, GlobalSecondaryIndexes, AttributeDefinitions, BillingMode } = webhookTable('webhooks');

    expect(properties).toMatchObject({ KeySchema, GlobalSecondaryIndexes, BillingMode });
    expect(properties.AttributeDefinitions).toEqual(expect.arrayContaining(AttributeDefinitions!));
    expect(properties.TimeToLiveSpecification).toEqual({ AttributeName: 'ttl', Enabled: true });
  });

  test('is encrypted with a key of the account, goes back to any second of 35 days and refuses to be deleted', () => {
    expect(properties).toMatchObject({
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: expect.anything() },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 },
      DeletionProtectionEnabled: true,
    });
  });

  test('outlives its stack with its key, unless it is disposable', () => {
    const kept = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' };
    storeTemplate().hasResource(TABLE, kept);
    storeTemplate().hasResource('AWS::KMS::Key', kept);
    storeTemplate(undefined, DataProtection.disposable()).hasResource(TABLE, {
      DeletionPolicy: 'Delete',
      Properties: { DeletionProtectionEnabled: false },
    });
  });
});

const READ_WRITE = ['GetItem on rows', 'PutItem on rows'];

test.each<[string, string[], (store: WebhookStore, role: iam.IRole) => void]>([
  [
    'manages',
    [...READ_WRITE, 'DeleteItem on rows', 'Query on rows', 'Query on history', 'Query on by-message', 'Query on parked'],
    (store, role) => store.grantManage(role),
  ],
  ['publishes', [...READ_WRITE, 'Query on rows'], (store, role) => store.grantPublish(role)],
  ['fans out', [...READ_WRITE, 'Query on rows', 'Query on by-message'], (store, role) => store.grantFanOut(role)],
  ['delivers', [...READ_WRITE, 'Query on parked'], (store, role) => store.grantDeliver(role)],
  [
    'sweeps',
    [...READ_WRITE, 'Query on rows', 'Query on due', 'Query on parked', 'Query on history', 'Query on by-message'],
    (store, role) => store.grantSweep(role),
  ],
])('who %s may do with rows what that needs, and no more', (_what, expected, use) => {
  expect(rows(use)).toEqual(expected);
});

test.each<[string, string[], (store: WebhookStore, role: iam.IRole) => void]>([
  ['seals and opens secrets who manages', ['kms:GenerateDataKey', 'kms:Decrypt'], (store, role) => store.grantManage(role)],
  ['seals secrets who publishes, and opens none', ['kms:GenerateDataKey'], (store, role) => store.grantPublish(role)],
  ['opens secrets who delivers', ['kms:Decrypt'], (store, role) => store.grantDeliver(role)],
  ['touches no secret who fans out', [], (store, role) => store.grantFanOut(role)],
  ['touches no secret who sweeps', [], (store, role) => store.grantSweep(role)],
])('%s', (_what, expected, use) => {
  expect(sealing(use).flatMap(({ Action }) => Action)).toEqual(expected);
});

test('the key wraps data keys of webhooks alone, and serves the table by way of DynamoDB alone', () => {
  const conditions = statements((store, role) => store.grantManage(role)).flatMap(({ Condition }) =>
    Condition ? [Condition.StringEquals] : [],
  );

  expect(conditions).toContainEqual({ 'kms:EncryptionContext:plinth:use': 'webhooks' });
  expect(JSON.stringify(conditions)).toContain('"kms:ViaService":{"Fn::Join":["",["dynamodb.",');
  expect(
    statements((store, role) => store.grantManage(role)).filter(
      ({ Action, Condition }) => JSON.stringify(Action).includes('kms:') && !Condition,
    ),
  ).toEqual([]);
});
