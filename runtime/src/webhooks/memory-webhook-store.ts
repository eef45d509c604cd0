import type { Clock } from '../resilience/clock';
import type { BulkTask } from './bulk-task';
import type { Delivery } from './delivery';
import type { Endpoint, EndpointOwner, EndpointTombstone } from './endpoint';
import type { Gate } from './gate';
import { MemoryRows } from './memory-rows';
import type { Message } from './message';
import { OrderedPlaces } from './ordered-places';
import type { DeliveryPage, DeliveryQuery, Due, KeyRecord, TenantKey, WebhookStore } from './webhook-store';

const nameOf = ({ tenantId, id }: TenantKey): string => JSON.stringify([tenantId, id]);
const placeOf = ({ createdAt, id }: Delivery): string => `${String(createdAt).padStart(15, '0')}#${id}`;
const idAt = (place: string): string => place.slice(16);
const identity = (id: string): string => id;

/** Webhooks in the memory of one process: for tests and for a run on one machine. */
export class MemoryWebhookStore implements WebhookStore {
  readonly endpoints: WebhookStore['endpoints'];
  readonly owners: MemoryRows<EndpointOwner, string>;
  readonly tombstones: WebhookStore['tombstones'];
  readonly messages: MemoryRows<Message, string>;
  readonly deliveries: WebhookStore['deliveries'];
  readonly gates: MemoryRows<Gate, string>;
  readonly tasks: WebhookStore['tasks'];
  private readonly deliveryRows: MemoryRows<Delivery, string>;
  private readonly taskRows: MemoryRows<BulkTask, TenantKey>;
  private readonly keys = new Map<string, KeyRecord>();
  private readonly byEndpoint = new Map<string, OrderedPlaces>();
  private readonly byMessage = new Map<string, Set<string>>();
  /** Ids, parked longest first. */
  private readonly parkedBy = new Map<string, Set<string>>();

  constructor(private readonly clock: Pick<Clock, 'now'>) {
    const endpoints = new MemoryRows<Endpoint, TenantKey>(clock, nameOf, nameOf);
    this.endpoints = Object.assign(endpoints, {
      list: async (tenantId: string, { withImplicit = false } = {}) =>
        [...endpoints.values()]
          .filter((row) => row.tenantId === tenantId && (withImplicit || !row.isImplicit))
          .toSorted((one, other) => one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1)),
    });
    this.owners = new MemoryRows<EndpointOwner, string>(clock, ({ endpointId }) => endpointId, identity);
    const tombstones = new MemoryRows<EndpointTombstone, TenantKey>(clock, nameOf, nameOf);
    this.tombstones = Object.assign(tombstones, {
      after: async ({ tenantId, id }: TenantKey) =>
        [...tombstones.values()]
          .filter((row) => row.tenantId === tenantId && row.id > id)
          .toSorted((one, other) => (one.id < other.id ? -1 : 1))
          .at(0),
    });
    this.messages = new MemoryRows<Message, string>(clock, ({ id }) => id, identity);
    this.gates = new MemoryRows<Gate, string>(clock, ({ endpointId }) => endpointId, identity);
    this.deliveryRows = new MemoryRows<Delivery, string>(
      clock,
      ({ id }) => id,
      identity,
      (before, after) => this.index(before, after),
    );
    this.deliveries = Object.assign(this.deliveryRows, {
      list: (query: DeliveryQuery) => this.list(query),
      parked: async (endpointId: string, limit: number) => this.parked(endpointId, limit),
      ofMessage: async (messageId: string) => [...(this.byMessage.get(messageId) ?? [])].flatMap((id) => this.deliveryRows.at(id) ?? []),
    });
    this.taskRows = new MemoryRows<BulkTask, TenantKey>(clock, nameOf, nameOf);
    this.tasks = Object.assign(this.taskRows, {
      list: async (tenantId: string) =>
        [...this.taskRows.values()]
          .filter((row) => row.tenantId === tenantId)
          .toSorted((one, other) => other.createdAt - one.createdAt || (one.id < other.id ? 1 : -1)),
    });
  }

  async due(limit: number): Promise<readonly Due[]> {
    const now = this.clock.now();
    const found = [...this.dueRows()].filter(({ at }) => at <= now).toSorted((one, other) => one.at - other.at);
    return found.slice(0, limit).map(({ due }) => due);
  }

  async oldestDue(): Promise<number | undefined> {
    const now = this.clock.now();
    let oldest: number | undefined;
    for (const { at } of this.dueRows()) if (at <= now && at < (oldest ?? Number.POSITIVE_INFINITY)) oldest = at;
    return oldest;
  }

  async readKey(tenantId: string, key: string): Promise<KeyRecord | undefined> {
    return this.keyOf(tenantId, key);
  }

  async takeKey(record: KeyRecord): Promise<KeyRecord> {
    const standing = this.keyOf(record.tenantId, record.key);
    if (standing) return standing;
    this.keys.set(JSON.stringify([record.tenantId, record.key]), record);
    return record;
  }

  private keyOf(tenantId: string, key: string): KeyRecord | undefined {
    const record = this.keys.get(JSON.stringify([tenantId, key]));
    return record && record.ttl * 1000 > this.clock.now() ? record : undefined;
  }

  private async list({
    endpointId,
    state,
    since = 0,
    until = Number.POSITIVE_INFINITY,
    limit,
    before,
  }: DeliveryQuery): Promise<DeliveryPage> {
    const deliveries: Delivery[] = [];
    for (const place of this.byEndpoint.get(endpointId)?.downwards(before) ?? []) {
      const row = this.deliveryRows.at(idAt(place));
      if (!row || (state !== undefined && row.state !== state) || row.createdAt >= until) continue;
      if (row.createdAt < since) break;
      if (deliveries.length === limit) return { deliveries, next: placeOf(deliveries[limit - 1]) };
      deliveries.push(row);
    }
    return { deliveries };
  }

  private parked(endpointId: string, limit: number): readonly string[] {
    const found: string[] = [];
    for (const id of this.parkedBy.get(endpointId) ?? []) {
      if (found.length >= limit) break;
      if (this.deliveryRows.at(id)) found.push(id);
    }
    return found;
  }

  private *dueRows(): Iterable<{ readonly at: number; readonly due: Due }> {
    for (const [id, at] of this.messages.due) if (this.messages.at(id)) yield { at, due: { type: 'message', id } };
    for (const [id, at] of this.deliveryRows.due) if (this.deliveryRows.at(id)) yield { at, due: { type: 'delivery', id } };
    for (const [id, at] of this.gates.due) if (this.gates.at(id)) yield { at, due: { type: 'gate', id } };
    for (const [name, at] of this.taskRows.due) {
      const task = this.taskRows.at(name);
      if (task) yield { at, due: { type: 'task', tenantId: task.tenantId, id: task.id } };
    }
  }

  private index(before: Delivery | undefined, after: Delivery | undefined): void {
    if (after && before === undefined) {
      indexAt(this.byEndpoint, after.endpointId, () => new OrderedPlaces()).add(placeOf(after));
      indexAt(this.byMessage, after.messageId, () => new Set()).add(after.id);
    }
    if (before?.state === 'parked') this.parkedBy.get(before.endpointId)?.delete(before.id);
    if (after?.state === 'parked') indexAt(this.parkedBy, after.endpointId, () => new Set()).add(after.id);
  }
}

function indexAt<Value>(index: Map<string, Value>, key: string, make: () => Value): Value {
  const standing = index.get(key) ?? make();
  index.set(key, standing);
  return standing;
}
