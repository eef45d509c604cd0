import { Tags } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledgeObjects } from '../governance/exceptions';
import { DISPOSABLE_TAG, type Emptier } from './emptier';

/**
 * Has a bucket emptied before it is deleted. Its policy goes first: who writes by it, as the delivery of logs does for some minutes
 * after the load balancer is gone, is refused before the bucket is emptied.
 * @internal
 */
export function emptyBucket(emptier: Emptier, id: string, bucket: s3.Bucket): Construct {
  const { resource, permissions } = emptier.empty(id, {
    resourceType: 'Custom::EmptiedBucket',
    properties: { BucketName: bucket.bucketName },
    statements: [
      new iam.PolicyStatement({
        actions: ['s3:GetBucketTagging', 's3:ListBucketVersions', 's3:ListBucketMultipartUploads'],
        resources: [bucket.bucketArn],
      }),
      new iam.PolicyStatement({
        actions: ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:AbortMultipartUpload'],
        resources: [bucket.arnForObjects('*')],
      }),
    ],
  });
  acknowledgeObjects(permissions, bucket.bucketArn);
  Tags.of(bucket).add(DISPOSABLE_TAG, 'true', { includeResourceTypes: ['AWS::S3::Bucket'] });
  bucket.policy!.node.addDependency(resource);
  return resource;
}
