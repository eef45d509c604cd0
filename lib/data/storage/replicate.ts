import { Arn, ArnFormat, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledgeObjects } from '../../governance/exceptions';
import { ManagedRole } from '../../governance/managed-role';
import type { ContentReplication } from './content-replication';

const BUCKET = /^arn:[\w-]+:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const KEY = /^arn:[\w-]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/;

/** @internal */
export function checkReplication(scope: Construct, { bucketArn, encryptionKeyArn }: ContentReplication): void {
  const fault = (prop: string, allowed: string, given: string) =>
    new Error(`${scope.node.path}: replication.${prop} must be ${allowed}, got ${given}; take it from the stack of the other bucket`);
  if (!Token.isUnresolved(bucketArn) && !BUCKET.test(bucketArn)) throw fault('bucketArn', 'the ARN of a bucket', bucketArn);
  if (!KEY.test(encryptionKeyArn)) throw fault('encryptionKeyArn', 'the ARN of a key, with its region', encryptionKeyArn);
}

/**
 * Has S3 copy every new object, by a role that reads this bucket and writes to the other one.
 * @internal
 */
export function replicate(scope: Construct, bucket: s3.Bucket, key: kms.IKey, { bucketArn, encryptionKeyArn }: ContentReplication): void {
  const role = new ManagedRole(scope, 'Replication', {
    assumedBy: new iam.ServicePrincipal('s3.amazonaws.com'),
    description: `Replication of ${scope.node.path}`,
  });
  const allow = (actions: string[], resource: string, conditions?: { [operator: string]: unknown }) =>
    role.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources: [resource], conditions }));
  const by = (region: string) => ({ StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` } });
  allow(['s3:GetReplicationConfiguration', 's3:ListBucket'], bucket.bucketArn);
  const read = ['ForReplication', 'Acl', 'Tagging'].map((what) => `s3:GetObjectVersion${what}`);
  allow(read, bucket.arnForObjects('*'));
  allow(['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'], `${bucketArn}/*`);
  allow(['kms:Decrypt'], key.keyArn, by(Stack.of(scope).region));
  allow(['kms:Encrypt'], encryptionKeyArn, by(Arn.split(encryptionKeyArn, ArnFormat.SLASH_RESOURCE_NAME).region!));
  for (const arn of [bucket.bucketArn, bucketArn]) acknowledgeObjects(role, arn);

  (bucket.node.defaultChild as s3.CfnBucket).replicationConfiguration = {
    role: role.roleArn,
    rules: [
      {
        id: 'everything',
        status: 'Enabled',
        priority: 1,
        filter: { prefix: '' },
        deleteMarkerReplication: { status: 'Enabled' },
        // Without this S3 leaves out what is encrypted under a key of KMS, which is everything.
        sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: 'Enabled' } },
        destination: { bucket: bucketArn, encryptionConfiguration: { replicaKmsKeyId: encryptionKeyArn } },
      },
    ],
  };
}
