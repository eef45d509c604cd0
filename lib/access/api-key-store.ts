import { Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct, type IConstruct } from 'constructs';
import { createDataKey } from '../data/data-key';
import { DataProtection } from '../data/data-protection';
import { acknowledge } from '../governance/exceptions';

/**
 * Where API keys are kept, whoever made it.
 *
 * @example
 * import { ApiKeyStore, type IApiKeyStore } from 'plinth';
 *
 * const store: IApiKeyStore = new ApiKeyStore(stack, 'Keys');
 */
export interface IApiKeyStore extends IConstruct {
  /** The table, a row a key. */
  readonly table: dynamodb.ITable;

  /**
   * Lets a role read keys one by one, by their id, and nothing else.
   * @param role who asks for keys
   */
  grantAuthenticate(role: iam.IRole): iam.Grant;
}

/**
 * How API keys are kept.
 *
 * @example
 * import { type ApiKeyStoreProps, DataProtection } from 'plinth';
 *
 * const props: ApiKeyStoreProps = { protection: DataProtection.disposable() };
 */
export interface ApiKeyStoreProps {
  /**
   * What becomes of the keys when their table is removed or replaced.
   * @default DataProtection.retained()
   */
  readonly protection?: DataProtection;

  /**
   * The key that the table is encrypted with.
   * @default - a key of its own, rotated every year
   */
  readonly encryptionKey?: kms.IKey;
}

/**
 * The table of API keys: hashes, never a key.
 *
 * Guarantees that it is encrypted with a key of the account, can be brought back to any second of the last 35 days, takes what comes
 * without provisioning, and drops keys 90 days after they ended. `plinth keys` makes and ends keys.
 *
 * @example
 * import * as iam from 'aws-cdk-lib/aws-iam';
 * import { ApiKeyStore } from 'plinth';
 *
 * const role = new iam.Role(stack, 'Task', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
 * new ApiKeyStore(stack, 'Keys').grantAuthenticate(role);
 */
export class ApiKeyStore extends Construct implements IApiKeyStore {
  /** The table, a row a key, found by its id; the index `by-tenant` lists. */
  readonly table: dynamodb.ITable;

  /** The key that the table is encrypted with. */
  readonly encryptionKey: kms.IKey;

  constructor(scope: Construct, id: string, props: ApiKeyStoreProps = {}) {
    super(scope, id);
    const { protection = DataProtection.retained() } = props;
    this.encryptionKey = props.encryptionKey ?? createDataKey(this, 'Key', protection);
    this.table = this.createTable(protection);
  }

  /**
   * Lets a role read keys one by one, by their id, and nothing else.
   * @param role who asks for keys
   */
  grantAuthenticate(role: iam.IRole): iam.Grant {
    const grant = iam.Grant.addToPrincipal({ grantee: role, actions: ['dynamodb:GetItem'], resourceArns: [this.table.tableArn] });
    // In a policy of the role's own: the key's policy would name a role of a later tier.
    const decrypt = iam.Grant.addToPrincipal({
      grantee: role,
      actions: ['kms:Decrypt'],
      resourceArns: [this.encryptionKey.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${Stack.of(this).region}.amazonaws.com` } },
    });
    return grant.combine(decrypt);
  }

  // Not the newer TableV2: with a key of the account it takes a stack whose region is known.
  private createTable({ removalPolicy, deletionProtection }: DataProtection): dynamodb.Table {
    const table = new dynamodb.Table(this, 'Resource', {
      partitionKey: { name: 'key_id', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: this.encryptionKey,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: 35 },
      timeToLiveAttribute: 'ttl',
      deletionProtection,
      removalPolicy,
    });
    table.addGlobalSecondaryIndex({
      indexName: 'by-tenant',
      partitionKey: { name: 'tenant_id', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'key_id', type: dynamodb.AttributeType.STRING },
      projectionType: dynamodb.ProjectionType.INCLUDE,
      // No hash: whoever lists needs none.
      nonKeyAttributes: ['scopes', 'tier', 'created_at', 'expires_at', 'rotated_at', 'previous_until', 'revoked_at'],
    });
    acknowledge(table, 'managed-database');
    return table;
  }
}
