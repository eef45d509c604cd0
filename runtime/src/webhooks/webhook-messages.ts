/** Hints on queues: what they say is looked up. Fair between tenants, and for `deliver` between the endpoints of one too. */
export interface WebhookMessages {
  fanOut(hint: FanOutHint): Promise<void>;
  /** Delayed by at most 15 minutes; what waits longer is found by its due time. */
  deliver(hint: DeliverHint, delayMs: number): Promise<void>;
}

export interface FanOutHint {
  readonly messageId: string;
  readonly tenantId: string;
}

/** Quarantine: for endpoints that are slow or come back, so that they hold up nobody. */
export type Lane = 'deliver' | 'quarantine';

export interface DeliverHint {
  readonly deliveryId: string;
  readonly endpointId: string;
  readonly tenantId: string;
  readonly lane: Lane;
}
