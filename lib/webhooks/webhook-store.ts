import { Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct, type IConstruct } from 'constructs';
import { createDataKey } from '../data/data-key';
import { DataProtection } from '../data/data-protection';
import { acknowledge } from '../governance/exceptions';

/**
 * Where webhooks are kept, whoever made it.
 *
 * @example
 * import { type IWebhookStore, WebhookStore } from 'plinth';
 *
 * const store: IWebhookStore = new WebhookStore(stack, 'WebhookStore');
 */
export interface IWebhookStore extends IConstruct {
  /** The table of endpoints, messages and deliveries. */
  readonly table: dynamodb.ITable;

  /** The key that wraps the data keys, which secrets of endpoints are sealed with. */
  readonly encryptionKey: kms.IKey;

  /**
   * Lets a role manage endpoints, publish messages, and list and resend deliveries; it seals secrets and opens them.
   * @param role who serves the routes
   */
  grantManage(role: iam.IRole): iam.Grant;

  /**
   * Lets a role publish messages, and make an endpoint for the `webhook_url` of a job; it seals the secrets of that and opens none.
   * @param role who tells of something
   */
  grantPublish(role: iam.IRole): iam.Grant;

  /**
   * Lets a role make the deliveries of a message. It opens no secret.
   * @param role who fans out
   */
  grantFanOut(role: iam.IRole): iam.Grant;

  /**
   * Lets a role send deliveries; it opens secrets and seals none.
   * @param role who sends
   */
  grantDeliver(role: iam.IRole): iam.Grant;

  /**
   * Lets a role look after what is due, release what is parked and work bulk tasks. It opens no secret.
   * @param role who sweeps
   */
  grantSweep(role: iam.IRole): iam.Grant;
}

/**
 * How webhooks are kept.
 *
 * @example
 * import { DataProtection, type WebhookStoreProps } from 'plinth';
 *
 * const props: WebhookStoreProps = { protection: DataProtection.disposable() };
 */
export interface WebhookStoreProps {
  /**
   * What becomes of endpoints and deliveries when the table is removed or replaced.
   * @default DataProtection.retained()
   */
  readonly protection?: DataProtection;

  /**
   * The key that the table is encrypted with and that wraps data keys. Without it no secret can be opened again.
   * @default - a key of its own, rotated every year
   */
  readonly encryptionKey?: kms.IKey;
}

/** As the store of the runtime has them (`webhookTable`). */
const HISTORY = 'history';
const PARKED = 'parked';
const DUE = 'due';
const BY_MESSAGE = 'by-message';

const READ = ['dynamodb:GetItem'];
const WRITE = ['dynamodb:PutItem'];
const QUERY = ['dynamodb:Query'];

/** What the functions and the gateway say of each data key: a policy tells by it what the key is used for. */
const SEALING_CONTEXT = { 'kms:EncryptionContext:plinth:use': 'webhooks' };

const text = (name: string): dynamodb.Attribute => ({ name, type: dynamodb.AttributeType.STRING });
const number = (name: string): dynamodb.Attribute => ({ name, type: dynamodb.AttributeType.NUMBER });

/**
 * The truth about webhooks: a table of endpoints, messages, deliveries with the log of their attempts, and bulk tasks.
 *
 * Guarantees that it is encrypted with a key of the account, can be brought back to any second of the last 35 days, takes what comes
 * without provisioning and lets rows go by their time to live; and that secrets of endpoints lie in it sealed, so that whoever reads the
 * table reads none.
 *
 * @example
 * import { WebhookStore } from 'plinth';
 *
 * const { table, encryptionKey } = new WebhookStore(stack, 'WebhookStore');
 */
export class WebhookStore extends Construct implements IWebhookStore {
  /** The table of endpoints, messages and deliveries. */
  readonly table: dynamodb.ITable;

  /** The key that the table is encrypted with and that wraps data keys. */
  readonly encryptionKey: kms.IKey;

  constructor(scope: Construct, id: string, props: WebhookStoreProps = {}) {
    super(scope, id);
    const { protection = DataProtection.retained() } = props;
    this.encryptionKey = props.encryptionKey ?? createDataKey(this, 'Key', protection);
    this.table = this.createTable(protection);
  }

  /**
   * Lets a role manage endpoints, publish messages, and list and resend deliveries; it seals secrets and opens them.
   * @param role who serves the routes
   */
  grantManage(role: iam.IRole): iam.Grant {
    return this.grantRows(role, [...READ, ...WRITE, 'dynamodb:DeleteItem', ...QUERY], [HISTORY, BY_MESSAGE, PARKED]).combine(
      this.grantSeal(role, ['kms:GenerateDataKey', 'kms:Decrypt']),
    );
  }

  /**
   * Lets a role publish messages, and make an endpoint for the `webhook_url` of a job; it seals the secrets of that and opens none.
   * @param role who tells of something
   */
  grantPublish(role: iam.IRole): iam.Grant {
    return this.grantRows(role, [...READ, ...WRITE, ...QUERY], []).combine(this.grantSeal(role, ['kms:GenerateDataKey']));
  }

  /**
   * Lets a role make the deliveries of a message. It opens no secret.
   * @param role who fans out
   */
  grantFanOut(role: iam.IRole): iam.Grant {
    return this.grantRows(role, [...READ, ...WRITE, ...QUERY], [BY_MESSAGE]);
  }

  /**
   * Lets a role send deliveries; it opens secrets and seals none.
   * @param role who sends
   */
  grantDeliver(role: iam.IRole): iam.Grant {
    return this.grantRows(role, [...READ, ...WRITE], [PARKED]).combine(this.grantSeal(role, ['kms:Decrypt']));
  }

  /**
   * Lets a role look after what is due, release what is parked and work bulk tasks. It opens no secret.
   * @param role who sweeps
   */
  grantSweep(role: iam.IRole): iam.Grant {
    return this.grantRows(role, [...READ, ...WRITE, ...QUERY], [DUE, PARKED, HISTORY, BY_MESSAGE]);
  }

  /** In a policy of the role's own, as the key's policy would name a role of a later tier; the key by way of DynamoDB only. */
  private grantRows(role: iam.IRole, actions: string[], indexes: string[]): iam.Grant {
    const { tableArn } = this.table;
    const rows = iam.Grant.addToPrincipal({ grantee: role, actions, resourceArns: [tableArn] });
    const indexArns = indexes.map((name) => `${tableArn}/index/${name}`);
    if (indexArns.length > 0) rows.combine(iam.Grant.addToPrincipal({ grantee: role, actions: QUERY, resourceArns: indexArns }));
    const key = iam.Grant.addToPrincipal({
      grantee: role,
      actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'],
      resourceArns: [this.encryptionKey.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${Stack.of(this).region}.amazonaws.com` } },
    });
    return rows.combine(key);
  }

  /** Data keys of webhooks only, whatever else the key is used for. */
  private grantSeal(role: iam.IRole, actions: string[]): iam.Grant {
    const conditions = { StringEquals: SEALING_CONTEXT };
    return iam.Grant.addToPrincipal({ grantee: role, actions, resourceArns: [this.encryptionKey.keyArn], conditions });
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
    this.addIndex(table, HISTORY, text('history_shard'), text('history_at'), ['state', 'ttl']);
    this.addIndex(table, PARKED, text('parked_endpoint'), text('parked_at'), ['ttl']);
    this.addIndex(table, DUE, text('due_shard'), number('due_at'), ['ttl']);
    this.addIndex(table, BY_MESSAGE, text('message_id'), text('pk'));
    acknowledge(table, 'managed-database');
    return table;
  }

  /** None holds what a row says: it is read as last written. */
  private addIndex(
    table: dynamodb.Table,
    indexName: string,
    partitionKey: dynamodb.Attribute,
    sortKey: dynamodb.Attribute,
    nonKeyAttributes?: string[],
  ): void {
    const projectionType = nonKeyAttributes ? dynamodb.ProjectionType.INCLUDE : dynamodb.ProjectionType.KEYS_ONLY;
    table.addGlobalSecondaryIndex({ indexName, partitionKey, sortKey, projectionType, nonKeyAttributes });
  }
}
