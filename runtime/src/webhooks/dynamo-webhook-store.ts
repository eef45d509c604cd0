import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { alive, unlessAlive } from '../dynamo/conditions';
import type { OnUnread } from '../dynamo/read-shards';
import { TableClient } from '../dynamo/table-client';
import type { Clock } from '../resilience/clock';
import { DynamoDeliveries } from './dynamo-deliveries';
import { DueIndex } from './dynamo-due';
import { GATES, MESSAGES, OWNERS, recordItem, recordKey, recordOf } from './dynamo-items';
import { DynamoRows } from './dynamo-rows';
import { DynamoEndpoints, DynamoTasks, DynamoTombstones } from './dynamo-tenant-rows';
import type { Due, KeyRecord, WebhookStore } from './webhook-store';

export interface DynamoWebhookStoreOptions {
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
  readonly clock: Pick<Clock, 'now'>;
}

/** Webhooks in one DynamoDB table (`webhookTable`): conditional writes of one row, reads by key, queries of sharded indexes; no transaction, no scan. */
export class DynamoWebhookStore implements WebhookStore {
  readonly endpoints: WebhookStore['endpoints'];
  readonly owners: WebhookStore['owners'];
  readonly tombstones: WebhookStore['tombstones'];
  readonly messages: WebhookStore['messages'];
  readonly deliveries: WebhookStore['deliveries'];
  readonly gates: WebhookStore['gates'];
  readonly tasks: WebhookStore['tasks'];
  private readonly table: TableClient;
  private readonly now: () => number;
  private readonly index: DueIndex;

  constructor({ client, tableName, clock }: DynamoWebhookStoreOptions) {
    this.table = new TableClient(client, tableName);
    this.now = () => clock.now();
    this.index = new DueIndex(this.table, this.now);
    this.endpoints = new DynamoEndpoints(this.table, this.now);
    this.owners = new DynamoRows(this.table, this.now, OWNERS);
    this.tombstones = new DynamoTombstones(this.table, this.now);
    this.messages = new DynamoRows(this.table, this.now, MESSAGES);
    this.deliveries = new DynamoDeliveries(this.table, this.now);
    this.gates = new DynamoRows(this.table, this.now, GATES);
    this.tasks = new DynamoTasks(this.table, this.now);
  }

  due(limit: number, onUnread?: OnUnread): Promise<readonly Due[]> {
    return this.index.due(limit, onUnread);
  }

  oldestDue(): Promise<number | undefined> {
    return this.index.oldestDue();
  }

  async readKey(tenantId: string, key: string): Promise<KeyRecord | undefined> {
    const item = alive(await this.table.get(recordKey(tenantId, key)), this.now());
    return item && recordOf(item, tenantId, key);
  }

  async takeKey(record: KeyRecord): Promise<KeyRecord> {
    if (await this.table.put(recordItem(record), unlessAlive(this.now()))) return record;
    // Gone by now only when it ran out between the two calls.
    return (await this.readKey(record.tenantId, record.key)) ?? this.takeKey(record);
  }
}
