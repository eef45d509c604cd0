import { Duration, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct, type IConstruct } from 'constructs';
import { createDataKey } from '../data/data-key';
import { DataProtection } from '../data/data-protection';
import { ContentBucket } from '../data/storage/content-bucket';
import { acknowledge, acknowledgeObjects } from '../governance/exceptions';

/**
 * Where jobs are kept, whoever made it.
 *
 * @example
 * import { type IJobStore, JobStore } from 'plinth';
 *
 * const store: IJobStore = new JobStore(stack, 'JobStore');
 */
export interface IJobStore extends IConstruct {
  /** The table of jobs. */
  readonly table: dynamodb.ITable;

  /** The bucket of results of more than 32 KB. */
  readonly results: s3.IBucket;

  /**
   * Lets a role submit, read, list and cancel jobs, and read their results.
   * @param role who serves the routes
   */
  grantSubmit(role: iam.IRole): iam.Grant;

  /**
   * Lets a role claim and end jobs, and write their results.
   * @param role who works the jobs
   */
  grantWork(role: iam.IRole): iam.Grant;

  /**
   * Lets a role look after what is due.
   * @param role who sweeps
   */
  grantSweep(role: iam.IRole): iam.Grant;
}

/**
 * How jobs are kept.
 *
 * @example
 * import { DataProtection, type JobStoreProps } from 'plinth';
 *
 * const props: JobStoreProps = { protection: DataProtection.disposable() };
 */
export interface JobStoreProps {
  /**
   * What becomes of jobs and results when they are removed or replaced. A disposable bucket is emptied before it is deleted.
   * @default DataProtection.retained()
   */
  readonly protection?: DataProtection;

  /**
   * The key that the table and the bucket are encrypted with.
   * @default - a key of its own, rotated every year
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The key of the log of the function that empties a disposable bucket, which CloudWatch Logs must be allowed to use.
   * @default - a key of its own where there is such a function, 1 USD a month
   */
  readonly logKey?: kms.IKey;

  /**
   * A disposable bucket of the stack whose function empties the bucket of results as well.
   * @default - a function of its own
   * @internal
   */
  readonly _emptiedWith?: ContentBucket;
}

/** A day more than the table keeps a job that has ended. */
const RESULTS_KEPT = Duration.days(8);

/** As the store of the runtime has them (`jobTable`). */
const BY_TENANT = 'by-tenant';
const DUE = 'due';
const LISTED = [
  'tenant_id',
  'kind',
  'state',
  'progress',
  'stage',
  'cancel_requested',
  'created_at',
  'deadline_at',
  'started_at',
  'finished_at',
  'ttl',
];

const EACH = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'];

const text = (name: string): dynamodb.Attribute => ({ name, type: dynamodb.AttributeType.STRING });
const number = (name: string): dynamodb.Attribute => ({ name, type: dynamodb.AttributeType.NUMBER });

/**
 * The truth about jobs: a table with a row a job, and a bucket for results of more than 32 KB.
 *
 * Guarantees that both are encrypted with a key of the account, that the table can be brought back to any second of the last 35 days
 * and takes what comes without provisioning, and that a job goes 7 days after it ended and its result a day later.
 *
 * @example
 * import { JobStore } from 'plinth';
 *
 * const { table, results } = new JobStore(stack, 'JobStore');
 */
export class JobStore extends Construct implements IJobStore {
  /** The table of jobs. */
  readonly table: dynamodb.ITable;

  /** The bucket of results of more than 32 KB. */
  readonly results: s3.IBucket;

  /** The key that the table and the bucket are encrypted with. */
  readonly encryptionKey: kms.IKey;

  private readonly readResults: iam.ManagedPolicy;
  private readonly writeResults: iam.ManagedPolicy;

  constructor(scope: Construct, id: string, props: JobStoreProps = {}) {
    super(scope, id);
    const { protection = DataProtection.retained() } = props;
    this.encryptionKey = props.encryptionKey ?? createDataKey(this, 'Key', protection);
    this.table = this.createTable(protection);
    const results = this.createResults(protection, props);
    this.results = results.bucket;
    this.readResults = this.createResultPolicy('ReadResults', 'Reads', ['s3:GetObject'], results);
    this.writeResults = this.createResultPolicy('WriteResults', 'Writes', ['s3:PutObject'], results);
  }

  /**
   * Lets a role submit, read, list and cancel jobs, and read their results.
   * @param role who serves the routes
   */
  grantSubmit(role: iam.IRole): iam.Grant {
    role.addManagedPolicy(this.readResults);
    return this.grant(role, EACH, this.table.tableArn)
      .combine(this.grant(role, ['dynamodb:Query'], this.indexArn(BY_TENANT)))
      .combine(this.grantKey(role));
  }

  /**
   * Lets a role claim and end jobs, and write their results.
   * @param role who works the jobs
   */
  grantWork(role: iam.IRole): iam.Grant {
    role.addManagedPolicy(this.writeResults);
    return this.grant(role, EACH, this.table.tableArn).combine(this.grantKey(role));
  }

  /**
   * Lets a role look after what is due.
   * @param role who sweeps
   */
  grantSweep(role: iam.IRole): iam.Grant {
    return this.grant(role, [...EACH, 'dynamodb:Query'], this.table.tableArn)
      .combine(this.grant(role, ['dynamodb:Query'], this.indexArn(DUE)))
      .combine(this.grantKey(role));
  }

  private grant(role: iam.IRole, actions: string[], resource: string): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee: role, actions, resourceArns: [resource] });
  }

  /** In a policy of the role's own, as the key's policy would name a role of a later tier; by way of the two services only. */
  private grantKey(role: iam.IRole): iam.Grant {
    const { region } = Stack.of(this);
    return iam.Grant.addToPrincipal({
      grantee: role,
      actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'],
      resourceArns: [this.encryptionKey.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': [`dynamodb.${region}.amazonaws.com`, `s3.${region}.amazonaws.com`] } },
    });
  }

  private indexArn(name: string): string {
    return `${this.table.tableArn}/index/${name}`;
  }

  // Not the newer TableV2: with a key of the account it takes a stack whose region is known.
  private createTable({ removalPolicy, deletionProtection }: DataProtection): dynamodb.Table {
    const table = new dynamodb.Table(this, 'Resource', {
      partitionKey: text('pk'),
      sortKey: text('sk'),
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: this.encryptionKey,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: 35 },
      timeToLiveAttribute: 'ttl',
      deletionProtection,
      removalPolicy,
    });
    const projectionType = dynamodb.ProjectionType.INCLUDE;
    table.addGlobalSecondaryIndex({
      indexName: BY_TENANT,
      partitionKey: text('tenant_shard'),
      sortKey: text('id'),
      projectionType,
      nonKeyAttributes: LISTED,
    });
    table.addGlobalSecondaryIndex({
      indexName: DUE,
      partitionKey: text('due_shard'),
      sortKey: number('due_at'),
      projectionType,
      nonKeyAttributes: ['id', 'tenant_id', 'state'],
    });
    acknowledge(table, 'managed-database');
    return table;
  }

  private createResults(protection: DataProtection, { logKey, _emptiedWith }: JobStoreProps): ContentBucket {
    const results = new ContentBucket(this, 'Results', {
      protection,
      encryptionKey: this.encryptionKey,
      logKey,
      keepOldVersions: Duration.days(1),
      _emptiedWith,
    });
    results.bucket.addLifecycleRule({ prefix: 'results/', expiration: RESULTS_KEPT });
    return results;
  }

  /** In the bucket's own stack: a role of a later one takes it by its ARN, and has lost it when the bucket is emptied. */
  private createResultPolicy(id: string, says: string, actions: string[], { bucket, readWrite }: ContentBucket): iam.ManagedPolicy {
    const policy = new iam.ManagedPolicy(this, id, {
      description: `${says} results of ${this.node.path}`,
      statements: [new iam.PolicyStatement({ actions, resources: [bucket.arnForObjects('*')] })],
    });
    acknowledgeObjects(policy, bucket.bucketArn);
    policy.node.addDependency(readWrite);
    return policy;
  }
}
