import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { DataProtection, JobStore } from 'plinth';
import { jobTable } from 'plinth-runtime/jobs';
import { DeletionOrder } from '../support/deletion-order';
import { propertiesOf } from '../support/service';

const TABLE = 'AWS::DynamoDB::Table';

function storeTemplate(use: (store: JobStore, role: iam.IRole) => void = () => {}, protection?: DataProtection): Template {
  const stack = new Stack(new App(), 'Stack');
  const store = new JobStore(stack, 'Jobs', { protection });
  use(store, new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }));
  return Template.fromStack(stack);
}

interface Policy {
  readonly Properties: {
    readonly PolicyDocument: { readonly Statement: { readonly Action: string | string[]; readonly Resource: unknown }[] };
  };
}

/** What policies allow besides the use of the key, a line an action: on the table, on which of its indexes, or on the results. */
function linesOf(policies: readonly Policy[]): string[] {
  return policies
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .flatMap(({ Action, Resource }) => [Action].flat().map((action) => `${action} on ${placeOf(JSON.stringify(Resource))}`))
    .filter((line) => !line.startsWith('kms:'));
}

function placeOf(resource: string): string {
  if (resource.includes('Results')) return 'results';
  return /index\/[\w-]+/.exec(resource)?.[0] ?? 'the table';
}

/** What a role may do by the policy of its own and by those that it took. */
function allowed(template: Template): string[] {
  const resources: { readonly [id: string]: Policy } = template.toJSON().Resources;
  const { ManagedPolicyArns: taken = [] } = propertiesOf(template, 'AWS::IAM::Role') as { ManagedPolicyArns?: { Ref: string }[] };
  return linesOf([...taken.map(({ Ref }) => resources[Ref]), ...(Object.values(template.findResources('AWS::IAM::Policy')) as Policy[])]);
}

describe('the table of jobs', () => {
  const properties = propertiesOf(storeTemplate(), TABLE);

  test('is the one that the runtime reads and writes', () => {
    const { KeySchema, GlobalSecondaryIndexes, AttributeDefinitions, BillingMode } = jobTable('jobs');

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

  test('outlives its stack, unless it is disposable', () => {
    storeTemplate().hasResource(TABLE, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    storeTemplate(undefined, DataProtection.disposable()).hasResource(TABLE, {
      DeletionPolicy: 'Delete',
      Properties: { DeletionProtectionEnabled: false },
    });
  });
});

test('results go a day after the job they are of', () => {
  storeTemplate().hasResourceProperties('AWS::S3::Bucket', {
    LifecycleConfiguration: {
      Rules: Match.arrayWith([{ ExpirationInDays: 8, Prefix: 'results/', Status: 'Enabled' }]),
    },
  });
});

const EACH = ['dynamodb:GetItem on the table', 'dynamodb:PutItem on the table', 'dynamodb:UpdateItem on the table'];

test.each<[string, string[], (store: JobStore, role: iam.IRole) => void]>([
  ['submits', ['s3:GetObject on results', ...EACH, 'dynamodb:Query on index/by-tenant'], (store, role) => store.grantSubmit(role)],
  ['works', ['s3:PutObject on results', ...EACH], (store, role) => store.grantWork(role)],
  ['sweeps', [...EACH, 'dynamodb:Query on the table', 'dynamodb:Query on index/due'], (store, role) => store.grantSweep(role)],
])('who %s may do what that needs, and no more', (_what, expected, use) => {
  expect(allowed(storeTemplate(use))).toEqual(expected);
});

test.each(['dynamodb', 's3'])('the key can be used by way of %s, and not by itself', (service) => {
  const template = storeTemplate((store, role) => store.grantWork(role));
  const [{ Properties }] = Object.values(template.findResources('AWS::IAM::Policy'));
  const use = Properties.PolicyDocument.Statement.find(({ Action }: { Action: string | string[] }) => Action.includes('kms:Decrypt'));

  expect(JSON.stringify(use.Condition.StringEquals['kms:ViaService'])).toContain(`"${service}.`);
});

test('who writes results has lost it before a disposable bucket is emptied', () => {
  const order = new DeletionOrder(storeTemplate(undefined, DataProtection.disposable()));
  const emptied = order.idOf('Custom::EmptiedBucket', /Content/);

  expect(order.after(order.idOf('AWS::IAM::ManagedPolicy', /WriteResults/))).toContain(emptied);
});
