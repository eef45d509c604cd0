import type { OnUnread } from '../dynamo/read-shards';
import type { BulkTask } from './bulk-task';
import type { Delivery, DeliveryState } from './delivery';
import type { Endpoint, EndpointOwner, EndpointTombstone } from './endpoint';
import type { Gate } from './gate';
import type { Message } from './message';

/** Who used an idempotency key, for which message and with which request. */
export interface KeyRecord {
  readonly tenantId: string;
  readonly key: string;
  readonly messageId: string;
  readonly requestHash: string;
  readonly ttl: number;
}

export interface DeliveryQuery {
  readonly endpointId: string;
  readonly state?: DeliveryState;
  /** Created from here (inclusive) to there (exclusive). */
  readonly since?: number;
  readonly until?: number;
  readonly limit: number;
  /** Where the page before ended. */
  readonly before?: string;
}

/** Newest first. A page may hold fewer than the limit; it is the last only when `next` is absent. */
export interface DeliveryPage {
  readonly deliveries: readonly Delivery[];
  readonly next?: string;
}

/** What is due, whichever row it is. */
export type Due =
  | { readonly type: 'message'; readonly id: string }
  | { readonly type: 'delivery'; readonly id: string }
  | { readonly type: 'gate'; readonly id: string }
  | { readonly type: 'task'; readonly tenantId: string; readonly id: string };

/** Rows of one kind: each write is of one row and conditional. A row past its ttl is never returned. */
export interface Rows<Row extends { readonly revision: string }, Key> {
  /** Writes a new row; false when there is one. */
  create(row: Row): Promise<boolean>;
  /** The row as last written. */
  read(key: Key): Promise<Row | undefined>;
  /** Writes a row in the place of the revision that was read; false when another write came between. */
  replace(row: Row, revision: string): Promise<boolean>;
}

export interface TenantKey {
  readonly tenantId: string;
  readonly id: string;
}

/** Where webhooks are kept. Which steps are allowed is not decided here but in the transitions. */
export interface WebhookStore {
  readonly endpoints: Rows<Endpoint, TenantKey> & {
    /** All of a tenant, oldest first; implicit ones only when asked for. */
    list(tenantId: string, options?: { readonly withImplicit?: boolean }): Promise<readonly Endpoint[]>;
    /** False when the revision is not the one that was read. */
    delete(key: TenantKey, revision: string): Promise<boolean>;
  };
  /** By endpoint id. */
  readonly owners: Rows<EndpointOwner, string>;
  readonly tombstones: Rows<EndpointTombstone, TenantKey> & {
    /** The first of a tenant whose endpoint's id comes after one, as last written. */
    after(key: TenantKey): Promise<EndpointTombstone | undefined>;
  };
  readonly messages: Rows<Message, string>;
  readonly deliveries: Rows<Delivery, string> & {
    /** Eventually consistent. */
    list(query: DeliveryQuery): Promise<DeliveryPage>;
    /** The ids of parked deliveries of an endpoint, parked longest first: one that is tried and parked again waits behind the others. Eventually consistent. */
    parked(endpointId: string, limit: number): Promise<readonly string[]>;
    ofMessage(messageId: string): Promise<readonly Delivery[]>;
  };
  /** By endpoint id. */
  readonly gates: Rows<Gate, string>;
  readonly tasks: Rows<BulkTask, TenantKey> & {
    /** All of a tenant, newest first. */
    list(tenantId: string): Promise<readonly BulkTask[]>;
  };
  /**
   * What is due, at most `limit`, due longest first. Eventually consistent. `onUnread` is told why a part of the index could not be read, and the
   * rest is answered; without it, or when nothing could be read, the call fails.
   */
  due(limit: number, onUnread?: OnUnread): Promise<readonly Due[]>;
  /** When what is due longest was due, of what could be read; nothing when nothing is. */
  oldestDue(): Promise<number | undefined>;
  readKey(tenantId: string, key: string): Promise<KeyRecord | undefined>;
  /** Takes a key unless it is held; answers who holds it then. */
  takeKey(record: KeyRecord): Promise<KeyRecord>;
}
