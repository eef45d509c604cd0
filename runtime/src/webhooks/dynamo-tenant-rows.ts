import { alive, ifRevision } from '../dynamo/conditions';
import { text } from '../dynamo/items';
import { queryAlive } from '../dynamo/query-alive';
import type { TableClient } from '../dynamo/table-client';
import type { BulkTask } from './bulk-task';
import {
  ENDPOINT_PREFIX,
  ENDPOINTS,
  type RowKind,
  TASK_PREFIX,
  TASKS,
  tenantPartition,
  TOMBSTONE_PREFIX,
  TOMBSTONES,
} from './dynamo-items';
import { DynamoRows } from './dynamo-rows';
import type { Endpoint, EndpointTombstone } from './endpoint';
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

/** Under keys of their own: a list of endpoints reads none of them, however many there were. */
export class DynamoTombstones extends DynamoRows<EndpointTombstone, TenantKey> implements WebhookStoreTombstones {
  constructor(table: TableClient, now: () => number) {
    super(table, now, TOMBSTONES);
  }

  async after({ tenantId, id }: TenantKey): Promise<EndpointTombstone | undefined> {
    const query = {
      KeyConditionExpression: 'pk = :tenant AND sk BETWEEN :after AND :last',
      ExpressionAttributeValues: {
        ':tenant': tenantPartition(tenantId),
        // What comes after an id begins with it and anything, or is greater: `!` is less than whatever an id has, `~` is more.
        ':after': text(`${TOMBSTONE_PREFIX}${id}!`),
        ':last': text(`${TOMBSTONE_PREFIX}~`),
      },
      ConsistentRead: true,
    };
    const [first] = await queryAlive(this.table, query, 1, this.now());
    return first && this.kind.rowOf(first);
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
type WebhookStoreTombstones = WebhookStore['tombstones'];
type WebhookStoreTasks = WebhookStore['tasks'];
