import { Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { emptyBucket } from '../../functions/emptied-bucket';
import { Emptier } from '../../functions/emptier';
import { acknowledge, acknowledgeObjects } from '../../governance/exceptions';
import { createLogKey } from '../../governance/log-key';
import { DataProtection } from '../data-protection';
import { createDataKey } from '../data-key';
import type { ContentReplication } from './content-replication';
import { checkReplication, replicate } from './replicate';

/**
 * Properties of a ContentBucket.
 *
 * @example
 * import { Duration } from 'aws-cdk-lib';
 * import type { ContentBucketProps } from 'plinth';
 *
 * const props: ContentBucketProps = { keepOldVersions: Duration.days(7) };
 */
export interface ContentBucketProps {
  /**
   * How long a version is kept after it was overwritten or deleted, in whole days, 1 or more.
   * @default Duration.days(30)
   */
  readonly keepOldVersions?: Duration;

  /**
   * What becomes of the objects when the bucket is removed or replaced. A disposable bucket is emptied before it is deleted.
   * @default DataProtection.retained()
   */
  readonly protection?: DataProtection;

  /**
   * The key of the objects.
   * @default - a key of the bucket's own
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Another bucket that S3 copies every new object to, some minutes behind.
   * @default - no object leaves the bucket
   */
  readonly replication?: ContentReplication;

  /**
   * The key of the log of the function that empties a disposable bucket, which CloudWatch Logs must be allowed to use.
   * @default - a key of its own where there is such a function, 1 USD a month
   */
  readonly logKey?: kms.IKey;

  /**
   * Another bucket of the stack, disposable as this one, whose function empties this one as well.
   * @default - a function of its own
   * @internal
   */
  readonly _emptiedWith?: ContentBucket;
}

/** What a log of who read and wrote is of use for. */
const ACCESS_LOG_RETENTION = Duration.days(90);

/**
 * A bucket for documents and other content: encrypted, versioned, reached by TLS alone and never from the public, with a log of who
 * read and wrote. S3 moves what nobody reads to cheaper storage by itself, and no object leaves its region unless it is asked for.
 *
 * Creates the bucket, a bucket for its access log, the policy of who reads and writes, and a KMS key unless one is given.
 *
 * @example
 * import { ContentBucket } from 'plinth';
 *
 * const { bucket } = new ContentBucket(stack, 'Documents');
 */
export class ContentBucket extends Construct {
  /** The bucket. */
  readonly bucket: s3.Bucket;

  /** The bucket of the access log. */
  readonly accessLogs: s3.Bucket;

  /** The key of the objects. */
  readonly encryptionKey: kms.IKey;

  /** Lets its identities list, read, write and delete objects; the use of the key they need besides. */
  readonly readWrite: iam.ManagedPolicy;

  private readonly emptier?: Emptier;

  constructor(scope: Construct, id: string, props: ContentBucketProps = {}) {
    super(scope, id);
    const { keepOldVersions = Duration.days(30), protection = DataProtection.retained() } = props;
    this.check(keepOldVersions);
    if (props.replication) this.checkReplication(props.replication, protection);
    this.encryptionKey = props.encryptionKey ?? createDataKey(this, 'Key', protection);
    this.accessLogs = this.createAccessLogs(protection);
    this.bucket = this.createBucket(keepOldVersions, protection);
    this.logAccess();
    this.readWrite = this.createReadWrite();
    if (props.replication) replicate(this, this.bucket, this.encryptionKey, props.replication);
    else acknowledge(this.bucket, 'bucket-replication');
    if (protection._disposable) this.emptier = this.emptyBeforeDeletion(protection, props);
  }

  /**
   * Lets a role list, read, write and delete objects, and nothing else: neither the bucket's settings nor its old versions.
   * @param grantee a role made in this app, of any of its stacks, or what runs as one
   */
  grantReadWrite(grantee: iam.IGrantable): iam.Grant {
    const { grantPrincipal } = grantee;
    if (!iam.Role.isRole(grantPrincipal)) {
      const change = 'attach readWrite to whoever it is by hand';
      throw new Error(`${this.node.path}: grantee must be a role made in this app, got ${grantPrincipal.constructor.name}; ${change}`);
    }
    grantPrincipal.addManagedPolicy(this.readWrite);
    const actions = ['kms:Decrypt', 'kms:GenerateDataKey'];
    return iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [this.encryptionKey.keyArn] });
  }

  /** In the bucket's own stack: a role of a later one takes it by its ARN, and has lost it when the bucket is emptied. */
  private createReadWrite(): iam.ManagedPolicy {
    const allow = (actions: string[], resource: string) => new iam.PolicyStatement({ actions, resources: [resource] });
    const policy = new iam.ManagedPolicy(this, 'ReadWrite', {
      description: `Reads and writes ${this.node.path}`,
      statements: [
        allow(['s3:ListBucket'], this.bucket.bucketArn),
        allow(['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'], this.bucket.arnForObjects('*')),
      ],
    });
    acknowledgeObjects(policy, this.bucket.bucketArn);
    return policy;
  }

  private checkReplication(replication: ContentReplication, protection: DataProtection): void {
    checkReplication(this, replication);
    if (!protection._disposable) return;
    const change = 'copies would stay behind in the other bucket: leave it out, or take DataProtection.retained()';
    throw new Error(`${this.node.path}: replication must be left out with DataProtection.disposable(), got one; ${change}`);
  }

  private check(keepOldVersions: Duration): void {
    const days = keepOldVersions.toDays({ integral: false });
    if (Number.isInteger(days) && days >= 1) return;
    throw new Error(`${this.node.path}: keepOldVersions must be 1 whole day or more, got ${days} days; take Duration.days(30)`);
  }

  private emptyBeforeDeletion({ removalPolicy }: DataProtection, { _emptiedWith, logKey }: ContentBucketProps): Emptier {
    const own = () => ({ bundle: 'empty-bucket' as const, logKey: logKey ?? createLogKey(this, 'LogKey', removalPolicy) });
    const emptier = new Emptier(this, 'Emptier', _emptiedWith?.emptier ?? own());
    this.readWrite.node.addDependency(emptyBucket(emptier, 'Content', this.bucket));
    emptyBucket(emptier, 'AccessLog', this.accessLogs);
    return emptier;
  }

  private createBucket(keepOldVersions: Duration, protection: DataProtection): s3.Bucket {
    const bucket = new s3.Bucket(this, 'Resource', {
      encryption: s3.BucketEncryption.KMS,
      encryptionKey: this.encryptionKey,
      bucketKeyEnabled: true,
      versioned: true,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      lifecycleRules: [
        {
          transitions: [{ storageClass: s3.StorageClass.INTELLIGENT_TIERING, transitionAfter: Duration.days(0) }],
          noncurrentVersionExpiration: keepOldVersions,
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
        { expiredObjectDeleteMarker: true },
      ],
      removalPolicy: protection.removalPolicy,
    });
    acknowledge(bucket, 'bucket-events-and-locks');
    return bucket;
  }

  /** S3 delivers access logs under its own keys only. */
  private createAccessLogs(protection: DataProtection): s3.Bucket {
    const bucket = new s3.Bucket(this, 'AccessLogs', {
      encryption: s3.BucketEncryption.S3_MANAGED,
      versioned: true,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      lifecycleRules: [
        {
          expiration: ACCESS_LOG_RETENTION,
          noncurrentVersionExpiration: Duration.days(7),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
      removalPolicy: protection.removalPolicy,
    });
    acknowledge(bucket, 'log-bucket-logging', 'log-bucket-encryption', 'bucket-replication', 'bucket-events-and-locks');
    return bucket;
  }

  /** By hand, as a feature flag decides whether the L2 grants by policy or by an access list, which owner-enforced buckets refuse. */
  private logAccess(): void {
    const { account } = Stack.of(this);
    this.accessLogs.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('logging.s3.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [this.accessLogs.arnForObjects('*')],
        // The bucket's own ARN would close a circle: the bucket waits for this policy.
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    );
    const resource = this.bucket.node.defaultChild as s3.CfnBucket;
    resource.loggingConfiguration = { destinationBucketName: this.accessLogs.bucketName };
    resource.node.addDependency(this.accessLogs.policy!);
  }
}
