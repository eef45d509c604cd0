import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { DataProtection } from '../../../lib/data/data-protection';
import { ContentBucket, type ContentBucketProps } from '../../../lib/data/storage';

const replication = {
  bucketArn: 'arn:aws:s3:::documents-copies',
  encryptionKeyArn: 'arn:aws:kms:eu-west-3:111111111111:key/00000000-0000-0000-0000-000000000000',
};

function bucketOf(props: ContentBucketProps): Template {
  const stack = new Stack(new App(), 'Stack', { env: { account: '111111111111', region: 'eu-west-1' } });
  new ContentBucket(stack, 'Documents', props);
  return Template.fromStack(stack);
}

const template = bucketOf({ replication });
const idOf = (type: string, part: RegExp) => Object.keys(template.findResources(type)).find((id) => part.test(id))!;
const source = { 'Fn::GetAtt': [idOf('AWS::S3::Bucket', /^Documents[0-9A-F]{8}$/), 'Arn'] };

test('REC-13.1 copies every object to the bucket that was asked for, under the key that was asked for', () => {
  template.hasResourceProperties('AWS::S3::Bucket', {
    ReplicationConfiguration: {
      Role: { 'Fn::GetAtt': [idOf('AWS::IAM::Role', /Replication/), 'Arn'] },
      Rules: [
        Match.objectLike({
          Status: 'Enabled',
          Filter: { Prefix: '' },
          SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
          Destination: { Bucket: replication.bucketArn, EncryptionConfiguration: { ReplicaKmsKeyID: replication.encryptionKeyArn } },
        }),
      ],
    },
  });
});

test('copies no access log', () => {
  const replicated = Object.values(template.findResources('AWS::S3::Bucket')).filter(
    ({ Properties }) => Properties.ReplicationConfiguration,
  );

  expect(replicated).toHaveLength(1);
});

test('replicates by a role of S3 that reads this bucket, writes to the other, and uses their keys by way of S3', () => {
  const policy = template.findResources('AWS::IAM::ManagedPolicy')[idOf('AWS::IAM::ManagedPolicy', /Replication/)];

  expect(policy.Properties.PolicyDocument.Statement).toEqual([
    { Effect: 'Allow', Action: ['s3:GetReplicationConfiguration', 's3:ListBucket'], Resource: source },
    {
      Effect: 'Allow',
      Action: ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'],
      Resource: { 'Fn::Join': ['', [source, '/*']] },
    },
    {
      Effect: 'Allow',
      Action: ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'],
      Resource: 'arn:aws:s3:::documents-copies/*',
    },
    {
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: { 'Fn::GetAtt': [idOf('AWS::KMS::Key', /Key/), 'Arn'] },
      Condition: { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } },
    },
    {
      Effect: 'Allow',
      Action: 'kms:Encrypt',
      Resource: replication.encryptionKeyArn,
      Condition: { StringEquals: { 'kms:ViaService': 's3.eu-west-3.amazonaws.com' } },
    },
  ]);
});

test.each<[string, ContentBucketProps, string]>([
  [
    'to what is no bucket',
    { replication: { ...replication, bucketArn: 'documents-copies' } },
    'replication.bucketArn must be the ARN of a bucket, got documents-copies; take it from the stack of the other bucket',
  ],
  [
    'under what is no key',
    { replication: { ...replication, encryptionKeyArn: 'alias/copies' } },
    'replication.encryptionKeyArn must be the ARN of a key, with its region, got alias/copies; take it from the stack of the other bucket',
  ],
  [
    'what is disposable',
    { replication, protection: DataProtection.disposable() },
    'replication must be left out with DataProtection.disposable(), got one; ' +
      'copies would stay behind in the other bucket: leave it out, or take DataProtection.retained()',
  ],
])('refuses to replicate %s', (_what, props, message) => {
  expect(() => bucketOf(props)).toThrow(`Stack/Documents: ${message}`);
});
