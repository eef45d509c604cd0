import { Duration, Stack } from 'aws-cdk-lib';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { DataProtection } from '../data/data-protection';
import { emptyBucket } from '../functions/emptied-bucket';
import { Emptier } from '../functions/emptier';
import { acknowledge } from '../governance/exceptions';
import { createLogKey } from '../governance/log-key';

/**
 * The bucket of a load balancer's access and connection logs, kept 90 days.
 *
 * The L2's own `logAccessLogs` needs a concrete region; the log delivery principal of every region is one and the same.
 * The service writes with SSE-S3 only.
 * @internal
 */
export class LoadBalancerLogs extends Construct {
  readonly bucket: s3.Bucket;

  constructor(scope: Construct, id: string, protection: DataProtection, logKey?: kms.IKey) {
    super(scope, id);
    this.bucket = new s3.Bucket(this, 'Bucket', {
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      versioned: true,
      lifecycleRules: [
        {
          expiration: Duration.days(90),
          noncurrentVersionExpiration: Duration.days(7),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
      removalPolicy: protection.removalPolicy,
    });
    acknowledge(this.bucket, 'log-bucket-logging', 'log-bucket-encryption', 'bucket-replication', 'bucket-events-and-locks');
    this.allowDelivery();
    if (protection._disposable) this.emptyBeforeDeletion(logKey ?? createLogKey(this, 'LogKey', protection.removalPolicy));
  }

  /** Switches both logs on for a load balancer, which is created after the bucket lets it write, and deleted before it is emptied. */
  receiveFrom(loadBalancer: elbv2.ApplicationLoadBalancer): void {
    for (const log of ['access_logs', 'connection_logs']) {
      loadBalancer.setAttribute(`${log}.s3.enabled`, 'true');
      loadBalancer.setAttribute(`${log}.s3.bucket`, this.bucket.bucketName);
      loadBalancer.setAttribute(`${log}.s3.prefix`, log.replace('_', '-'));
    }
    loadBalancer.node.addDependency(this.bucket.policy!);
  }

  private emptyBeforeDeletion(logKey: kms.IKey): void {
    emptyBucket(new Emptier(this, 'Emptier', { bundle: 'empty-bucket', logKey }), 'Bucket', this.bucket);
  }

  private allowDelivery(): void {
    const { account, partition } = Stack.of(this);
    this.bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: ['access-logs', 'connection-logs'].map((prefix) => this.bucket.arnForObjects(`${prefix}/AWSLogs/${account}/*`)),
        conditions: { ArnLike: { 'aws:SourceArn': `arn:${partition}:elasticloadbalancing:*:${account}:loadbalancer/app/*` } },
      }),
    );
  }
}
