import { alive, ifRevision } from '../dynamo/conditions';
import { text } from '../dynamo/items';
import type { TableClient } from '../dynamo/table-client';
import type { BulkTask } from './bulk-task';
import { ENDPOINT_PREFIX, ENDPOINTS, type RowKind, TASK_PREFIX, TASKS, tenantPartition } from './dynamo-items';
import { DynamoRows } from './dynamo-rows';
import type { Endpoint } from './endpoint';
import type { TenantKey, WebhookStore } from './webhook-store';

/** Rows under their tenant's key: all of a tenant are one query, as last written. */
class TenantRows<Row extends TenantKey & { readonly revision: string; readonly createdAt: number }> extends DynamoRows<Row, TenantKey> {
  constructor(
    table: TableClient,
    now: () => number,
    kind: RowKind<Row, TenantKey>,
    private readonly prefix: string,
  ) {
    super(table, now, kind);
  }

  /** Oldest first. */
  protected async all(tenantId: string): Promise<Row[]> {
    const items = await this.table.queryAll({
      KeyConditionExpression: 'pk = :tenant AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':tenant': tenantPartition(tenantId), ':prefix': text(this.prefix) },
      ConsistentRead: true,
    });
    const rows = items.filter((item) => alive(item, this.now())).map((item) => this.kind.rowOf(item));
    return rows.toSorted((one, other) => one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1));
  }
}

export class DynamoEndpoints extends TenantRows<Endpoint> implements WebhookStoreEndpoints {
  constructor(table: TableClient, now: () => number) {
    super(table, now, ENDPOINTS, ENDPOINT_PREFIX);
  }

  async list(tenantId: string, { withImplicit = false }: { readonly withImplicit?: boolean } = {}): Promise<readonly Endpoint[]> {
    return (await this.all(tenantId)).filter(({ isImplicit }) => withImplicit || !isImplicit);
  }

  delete(key: TenantKey, revision: string): Promise<boolean> {
    return this.table.delete(this.kind.keyOf(key), ifRevision(revision));
  }
}

export class DynamoTasks extends TenantRows<BulkTask> implements WebhookStoreTasks {
  constructor(table: TableClient, now: () => number) {
    super(table, now, TASKS, TASK_PREFIX);
  }

  /** Newest first. */
  async list(tenantId: string): Promise<readonly BulkTask[]> {
    return (await this.all(tenantId)).toReversed();
  }
}

type WebhookStoreEndpoints = WebhookStore['endpoints'];
type WebhookStoreTasks = WebhookStore['tasks'];
