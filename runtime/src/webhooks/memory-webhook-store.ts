import type { Clock } from '../resilience/clock';
import type { BulkTask } from './bulk-task';
import type { Delivery } from './delivery';
import type { Endpoint } from './endpoint';
import type { Gate } from './gate';
import { MemoryRows } from './memory-rows';
import type { Message } from './message';
import type { DeliveryPage, DeliveryQuery, Due, KeyRecord, TenantKey, WebhookStore } from './webhook-store';

const nameOf = ({ tenantId, id }: TenantKey): string => JSON.stringify([tenantId, id]);
const placeOf = ({ createdAt, id }: Delivery): string => `${String(createdAt).padStart(15, '0')}#${id}`;
const identity = (id: string): string => id;

/** Webhooks in the memory of one process: for tests and for a run on one machine. */
export class MemoryWebhookStore implements WebhookStore {
  readonly endpoints: WebhookStore['endpoints'];
  readonly messages: MemoryRows<Message, string>;
  readonly deliveries: WebhookStore['deliveries'];
  readonly gates: MemoryRows<Gate, string>;
  readonly tasks: WebhookStore['tasks'];
  private readonly deliveryRows: MemoryRows<Delivery, string>;
  private readonly taskRows: MemoryRows<BulkTask, TenantKey>;
  private readonly keys = new Map<string, KeyRecord>();
  private readonly byEndpoint = new Map<string, Set<string>>();
  private readonly byMessage = new Map<string, Set<string>>();
  private readonly parkedBy = new Map<string, Set<string>>();

  constructor(private readonly clock: Pick<Clock, 'now'>) {
    const endpoints = new MemoryRows<Endpoint, TenantKey>(clock, nameOf, nameOf);
    this.endpoints = Object.assign(endpoints, {
      list: async (tenantId: string, { withImplicit = false } = {}) =>
        [...endpoints.values()]
          .filter((row) => row.tenantId === tenantId && (withImplicit || !row.isImplicit))
          .toSorted((one, other) => one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1)),
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
      parked: async (endpointId: string, limit: number) => this.firstAlive(this.parkedBy.get(endpointId) ?? [], limit),
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

  private firstAlive(ids: Iterable<string>, limit: number): readonly string[] {
    const found: string[] = [];
    for (const id of ids) {
      if (found.length >= limit) break;
      if (this.deliveryRows.at(id)) found.push(id);
    }
    return found;
  }

  private async list({
    endpointId,
    state,
    since = 0,
    until = Number.POSITIVE_INFINITY,
    limit,
    before,
  }: DeliveryQuery): Promise<DeliveryPage> {
    const matching = [...(this.byEndpoint.get(endpointId) ?? [])]
      .flatMap((id) => this.deliveryRows.at(id) ?? [])
      .filter((row) => (state === undefined || row.state === state) && row.createdAt >= since && row.createdAt < until)
      .filter((row) => before === undefined || placeOf(row) < before)
      .toSorted((one, other) => (placeOf(one) < placeOf(other) ? 1 : -1));
    const deliveries = matching.slice(0, limit);
    const last = deliveries.at(-1);
    return { deliveries, next: matching.length > limit && last ? placeOf(last) : undefined };
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
      add(this.byEndpoint, after.endpointId, after.id);
      add(this.byMessage, after.messageId, after.id);
    }
    if (before?.state === 'parked') this.parkedBy.get(before.endpointId)?.delete(before.id);
    if (after?.state === 'parked') add(this.parkedBy, after.endpointId, after.id);
  }
}

function add(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key) ?? new Set();
  index.set(key, ids.add(id));
}
