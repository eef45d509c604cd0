import { createHash } from 'node:crypto';
import { type Item, number, optional, present, shardOf, text } from '../dynamo/items';
import type { BulkTask } from './bulk-task';
import type { Delivery } from './delivery';
import type { Endpoint, EndpointOwner, EndpointTombstone } from './endpoint';
import type { Gate } from './gate';
import type { Message } from './message';
import type { Due, KeyRecord, TenantKey } from './webhook-store';

/** Shards of the due index: one partition of an index takes 1,000 writes a second. */
export const DUE_SHARDS = 64;
/** Shards of an endpoint's history, and of what is parked of it. */
export const ENDPOINT_SHARDS = 8;

/** How rows of a kind are written and found. What is in no index stands in `row`, as JSON. */
export interface RowKind<Row, Key> {
  keyOf(key: Key): Item;
  itemOf(row: Row, now: number): Item;
  rowOf(item: Item): Row;
}

interface Stored {
  readonly revision: string;
  readonly dueAt?: number;
  readonly ttl?: number;
}

export const endpointShard = (endpointId: string, shard: number): string => `${endpointId}#${shard}`;
export const dueShard = (shard: number): string => `DUE#${shard}`;
export const tenantPartition = (tenantId: string) => text(`T#${tenantId}`);
export const ENDPOINT_PREFIX = 'EP#';
export const TOMBSTONE_PREFIX = 'GONE#';
export const TASK_PREFIX = 'TASK#';

/** Times in texts sort as numbers. */
export const timeText = (time: number): string => String(time).padStart(15, '0');
const placeAt = (time: number, id: string): string => `${timeText(time)}#${id}`;

const tenantKey =
  (prefix: string) =>
  ({ tenantId, id }: TenantKey): Item => ({ pk: tenantPartition(tenantId), sk: text(`${prefix}${id}`) });
const plainKey =
  (prefix: string, sort: string) =>
  (id: string): Item => ({ pk: text(`${prefix}${id}`), sk: text(sort) });

const parsed = (item: Item): unknown => JSON.parse(item.row?.S ?? '');

function stored(key: Item, row: Stored, rest: object = row): Item {
  return present({
    ...key,
    due_shard: optional(row.dueAt, () => text(dueShard(shardOf(`${key.pk?.S}/${key.sk?.S}`, DUE_SHARDS)))),
    due_at: optional(row.dueAt, number),
    ttl: optional(row.ttl, number),
    revision: text(row.revision),
    row: text(JSON.stringify(rest)),
  });
}

const ofTenant = <Row extends TenantKey & Stored>(prefix: string): RowKind<Row, TenantKey> => ({
  keyOf: tenantKey(prefix),
  itemOf: (row) => stored(tenantKey(prefix)(row), row),
  rowOf: (item) => parsed(item) as Row,
});

export const ENDPOINTS: RowKind<Endpoint, TenantKey> = ofTenant<Endpoint>(ENDPOINT_PREFIX);
export const TOMBSTONES: RowKind<EndpointTombstone, TenantKey> = ofTenant<EndpointTombstone>(TOMBSTONE_PREFIX);
export const TASKS: RowKind<BulkTask, TenantKey> = ofTenant<BulkTask>(TASK_PREFIX);

const gateKey = plainKey('E#', 'gate');
export const GATES: RowKind<Gate, string> = {
  keyOf: gateKey,
  itemOf: (gate) => stored(gateKey(gate.endpointId), gate),
  rowOf: (item) => parsed(item) as Gate,
};

const ownerKey = plainKey('E#', 'owner');
export const OWNERS: RowKind<EndpointOwner, string> = {
  keyOf: ownerKey,
  itemOf: (owner) => stored(ownerKey(owner.endpointId), owner),
  rowOf: (item) => parsed(item) as EndpointOwner,
};

// The body is an attribute of its own: as JSON in JSON its quotes would double it.
const messageKey = plainKey('M#', 'message');
export const MESSAGES: RowKind<Message, string> = {
  keyOf: messageKey,
  itemOf: ({ body, ...rest }) => ({ ...stored(messageKey(rest.id), rest), ...present({ body: optional(body, text) }) }),
  rowOf: (item) => ({ ...(parsed(item) as Message), ...(item.body !== undefined && { body: item.body.S ?? '' }) }),
};

const deliveryKey = plainKey('D#', 'delivery');
export const DELIVERIES: RowKind<Delivery, string> = {
  keyOf: deliveryKey,
  itemOf: (delivery, now) => {
    const { id, endpointId, messageId, state, createdAt } = delivery;
    const shard = text(endpointShard(endpointId, shardOf(id, ENDPOINT_SHARDS)));
    const isParked = state === 'parked';
    return {
      ...stored(deliveryKey(id), delivery),
      history_shard: shard,
      history_at: text(placeAt(createdAt, id)),
      state: text(state),
      message_id: text(messageId),
      ...(isParked && { parked_endpoint: shard, parked_at: text(placeAt(now, id)) }),
    };
  },
  rowOf: (item) => parsed(item) as Delivery,
};

export const deliveryIdOf = (item: Item): string => (item.pk?.S ?? '').slice('D#'.length);

/** Which row a key is of; nothing for a row that is never due. */
export function dueOf({ pk, sk }: Item): Due | undefined {
  const [partition, sort] = [pk?.S ?? '', sk?.S ?? ''];
  const id = partition.slice('X#'.length);
  if (sort === 'message' || sort === 'delivery' || sort === 'gate') return { type: sort, id };
  if (sort.startsWith(TASK_PREFIX)) return { type: 'task', tenantId: id, id: sort.slice(TASK_PREFIX.length) };
  return undefined;
}

export function recordKey(tenantId: string, key: string): Item {
  const hash = createHash('sha256')
    .update(JSON.stringify([tenantId, key]))
    .digest('hex');
  return { pk: text(`IK#${hash}`), sk: text('key') };
}

export const recordItem = ({ tenantId, key, messageId, requestHash, ttl }: KeyRecord): Item => ({
  ...recordKey(tenantId, key),
  message_ref: text(messageId),
  request_hash: text(requestHash),
  ttl: number(ttl),
});

export const recordOf = (item: Item, tenantId: string, key: string): KeyRecord => ({
  tenantId,
  key,
  messageId: item.message_ref?.S ?? '',
  requestHash: item.request_hash?.S ?? '',
  ttl: Number(item.ttl?.N),
});
