/** Closed: posts go out. Open: none does until `probeAt`. Half-open: one probe is on its way. */
export interface BreakerState {
  readonly state: 'closed' | 'open' | 'half-open';
  /** When the failures happened that count, oldest first. */
  readonly failures: readonly number[];
  /** How often it opened in a row: probes get rarer. */
  readonly opened: number;
  readonly probeAt?: number;
  /** Who holds the probe that is on its way. */
  readonly probe?: string;
}

/** What lets deliveries through to an endpoint: room, rate, breaker and how fast it answers. One row an endpoint. */
export interface Gate {
  readonly endpointId: string;
  readonly tenantId: string;
  /** Posts on their way. Each holds its place until a time: a crash gives it back. */
  readonly slots: readonly { readonly token: string; readonly since: number; readonly until: number }[];
  /** How many may be on their way just now, a fraction being on the way to one more: less than the endpoint's limit while it comes back or answers 429. */
  readonly window: number;
  /** Up to here the window grows by one with each success, beyond it by one a round; absent: up to the endpoint's limit. */
  readonly slowStartTo?: number;
  /** When the next post may start, by its rate (GCRA's theoretical arrival time). */
  readonly nextArrivalAt: number;
  /** Until when places are given away to deliveries that wait for the rate. */
  readonly placedThrough?: number;
  /** The receiver asked for no post before this. */
  readonly heldUntil?: number;
  readonly breaker: BreakerState;
  /** Time-outs since the last answer in time. */
  readonly timeouts: number;
  /** Exponentially weighted mean of how long answers took, in milliseconds. */
  readonly meanLatencyMs: number;
  /** Since when something is parked; the gate is due while there is. */
  readonly parkedSince?: number;
  /** When something was last about to be parked: only some time after it may the gate believe that nothing is. */
  readonly parkedAt?: number;
  /** When the sweeper should look: a probe, or a drain. */
  readonly dueAt?: number;
  /** Since when every attempt failed; absent after a success. */
  readonly failingSince?: number;
  readonly ttl: number;
  readonly revision: string;
}
