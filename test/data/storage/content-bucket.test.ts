import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { DataProtection } from '../../../lib/data/data-protection';
import { ContentBucket, type ContentBucketProps } from '../../../lib/data/storage';
import { DeletionOrder } from '../../support/deletion-order';

const BUCKET = 'AWS::S3::Bucket';

function bucketOf(props?: ContentBucketProps): Template {
  const stack = new Stack(new App(), 'Stack');
  new ContentBucket(stack, 'Documents', props);
  return Template.fromStack(stack);
}

const template = bucketOf();
const idOf = (type: string, part: string) => Object.keys(template.findResources(type)).find((id) => id.includes(part)) ?? '';
const logsId = idOf(BUCKET, 'AccessLogs');
/** What the bucket of the content has; the bucket of its log has none of it. */
const content = (properties: object) => ({ LoggingConfiguration: { DestinationBucketName: { Ref: logsId } }, ...properties });

test('encrypts objects under a key that rotates (REC-13.2)', () => {
  const [key] = Object.keys(template.findResources('AWS::KMS::Key', { Properties: { EnableKeyRotation: true } }));
  template.hasResourceProperties(
    BUCKET,
    content({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: { 'Fn::GetAtt': [key, 'Arn'] } },
          },
        ],
      },
    }),
  );
});

test('keeps versions', () => {
  template.hasResourceProperties(BUCKET, content({ VersioningConfiguration: { Status: 'Enabled' } }));
});

test('is closed to the public', () => {
  template.allResourcesProperties(BUCKET, {
    PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
  });
});

test.each([
  ['without TLS', { Bool: { 'aws:SecureTransport': 'false' } }],
  ['with TLS below 1.2', { NumericLessThan: { 's3:TlsVersion': 1.2 } }],
])('refuses requests %s (REC-13.2)', (_how, condition) => {
  template.allResourcesProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Effect: 'Deny', Action: 's3:*', Condition: condition })]) },
  });
});

test('moves what nobody reads to cheaper storage', () => {
  template.hasResourceProperties(
    BUCKET,
    content({
      LifecycleConfiguration: {
        Rules: Match.arrayWith([
          Match.objectLike({ Transitions: [{ StorageClass: 'INTELLIGENT_TIERING', TransitionInDays: 0 }], Status: 'Enabled' }),
        ]),
      },
    }),
  );
});

test.each([
  ['30 days', template, 30],
  ['the days it is given', bucketOf({ keepOldVersions: Duration.days(7) }), 7],
])('deletes old versions after %s', (_days, of, days) => {
  of.hasResourceProperties(BUCKET, {
    LifecycleConfiguration: {
      Rules: Match.arrayWith([Match.objectLike({ NoncurrentVersionExpiration: { NoncurrentDays: days }, Transitions: Match.anyValue() })]),
    },
  });
});

test.each([
  ['what a deletion leaves when the last version is gone', { ExpiredObjectDeleteMarker: true }],
  ['uploads that were begun and left, after a day', { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }],
])('clears %s', (_what, rule) => {
  template.hasResourceProperties(BUCKET, content({ LifecycleConfiguration: { Rules: Match.arrayWith([Match.objectLike(rule)]) } }));
});

test('keeps the log of who read and wrote for 90 days', () => {
  template.hasResourceProperties(BUCKET, {
    LoggingConfiguration: Match.absent(),
    LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 90 })] },
  });
});

test('lets S3 deliver the log, for buckets of this account alone', () => {
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
    Bucket: { Ref: logsId },
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Principal: { Service: 'logging.s3.amazonaws.com' },
          Action: 's3:PutObject',
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        }),
      ]),
    },
  });
});

test('turns the log on after its bucket takes it', () => {
  template.hasResource(BUCKET, {
    Properties: { LoggingConfiguration: Match.anyValue() },
    DependsOn: [idOf('AWS::S3::BucketPolicy', 'AccessLogs')],
  });
});

test('replicates nothing to another region (REC-13.1)', () => {
  template.allResourcesProperties(BUCKET, { ReplicationConfiguration: Match.absent() });
});

test.each([BUCKET, 'AWS::KMS::Key'])('keeps each %s when it is removed or replaced', (type) => {
  template.allResources(type, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
});

test.each([BUCKET, 'AWS::KMS::Key'])('deletes each %s that is disposable', (type) => {
  const left = Object.values(bucketOf({ protection: DataProtection.disposable() }).findResources(type)).filter(
    ({ DeletionPolicy, UpdateReplacePolicy }) => DeletionPolicy !== 'Delete' || UpdateReplacePolicy !== 'Delete',
  );
  expect(left).toEqual([]);
});

describe('a disposable bucket', () => {
  const disposable = bucketOf({ protection: DataProtection.disposable() });
  const order = new DeletionOrder(disposable);
  const emptied = { content: order.idOf('Custom::EmptiedBucket', /Content/), log: order.idOf('Custom::EmptiedBucket', /AccessLog/) };
  const buckets = { content: order.idOf(BUCKET, /^Documents[0-9A-F]{8}$/), log: order.idOf(BUCKET, /AccessLogs/) };

  test.each(['content', 'log'] as const)('is emptied before it is deleted: %s', (which) => {
    disposable.hasResource('Custom::EmptiedBucket', { Properties: Match.objectLike({ BucketName: { Ref: buckets[which] } }) });
    expect(order.after(emptied[which])).toContain(buckets[which]);
  });

  test('goes before its log is emptied, which it writes to', () => {
    expect(order.after(buckets.content)).toContain(emptied.log);
  });

  test('is emptied by one function, whose permissions for it reach no other bucket', () => {
    disposable.resourceCountIs('AWS::Lambda::Function', 1);
    const bucketId = buckets.content;
    disposable.hasResourceProperties('AWS::IAM::ManagedPolicy', {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: ['s3:GetBucketTagging', 's3:ListBucketVersions', 's3:ListBucketMultipartUploads'],
            Resource: { 'Fn::GetAtt': [bucketId, 'Arn'] },
          },
          {
            Effect: 'Allow',
            Action: ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:AbortMultipartUpload'],
            Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [bucketId, 'Arn'] }, '/*']] },
          },
        ],
      },
    });
  });

  test('says that it may be emptied, as long as it may', () => {
    const tagged = Match.arrayWith([{ Key: 'plinth:disposable', Value: 'true' }]);
    disposable.allResourcesProperties(BUCKET, { Tags: tagged });
    template.allResourcesProperties(BUCKET, { Tags: Match.absent() });
  });
});

test('a retained bucket has no function that empties it', () => {
  template.resourceCountIs('AWS::Lambda::Function', 0);
});

test('refuses to keep old versions for half a day', () => {
  expect(() => bucketOf({ keepOldVersions: Duration.hours(12) })).toThrow(
    'Stack/Documents: keepOldVersions must be 1 whole day or more, got 0.5 days; take Duration.days(30)',
  );
});

test('lets a grantee use objects and nothing else, by the actions that takes', () => {
  const stack = new Stack(new App(), 'Stack');
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });

  new ContentBucket(stack, 'Documents').grantReadWrite(role);

  const made = Template.fromStack(stack);
  const actions = (type: string) =>
    Object.values(made.findResources(type)).flatMap(({ Properties }) =>
      Properties.PolicyDocument.Statement.map(({ Action }: { Action: string | string[] }) => Action),
    );
  expect(actions('AWS::IAM::ManagedPolicy')).toEqual([
    's3:ListBucket',
    ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
  ]);
  expect(actions('AWS::IAM::Policy')).toEqual([['kms:Decrypt', 'kms:GenerateDataKey']]);
  made.hasResourceProperties('AWS::IAM::Role', {
    ManagedPolicyArns: [{ Ref: Object.keys(made.findResources('AWS::IAM::ManagedPolicy'))[0] }],
  });
});

test('lets a role of a later stack use objects, and refers to nothing of that stack', () => {
  const app = new App();
  const documents = new ContentBucket(new Stack(app, 'Data'), 'Documents');
  const service = new Stack(app, 'Service');

  documents.grantReadWrite(new iam.Role(service, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') }));

  app.synth();
  expect(Stack.of(documents).dependencies.map(({ node }) => node.id)).toEqual([]);
  expect(service.dependencies.map(({ node }) => node.id)).toEqual(['Data']);
});

test('has lost its writers before it is emptied, when it is disposable', () => {
  const stack = new Stack(new App(), 'Stack');
  const role = new iam.Role(stack, 'Writer', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  new ContentBucket(stack, 'Documents', { protection: DataProtection.disposable() }).grantReadWrite(role);

  const order = new DeletionOrder(Template.fromStack(stack));

  expect(order.after(order.idOf('AWS::IAM::Role', /^Writer/))).toContain(order.idOf('Custom::EmptiedBucket', /Content/));
});

test('refuses to grant to what is no role of the app', () => {
  expect(() => new ContentBucket(new Stack(new App(), 'Stack'), 'Documents').grantReadWrite(new iam.AccountRootPrincipal())).toThrow(
    'Stack/Documents: grantee must be a role made in this app, got AccountRootPrincipal; attach readWrite to whoever it is by hand',
  );
});
