/** Closed: posts go out. Open: none does until `probeAt`. Half-open: one probe is on its way. */
export interface BreakerState {
  readonly state: 'closed' | 'open' | 'half-open';
  /** When the failures happened that count, oldest first. */
  readonly failures: readonly number[];
  /** How often it opened in a row: probes get rarer. */
  readonly opened: number;
  readonly probeAt?: number;
}

/** What lets deliveries through to an endpoint: room, rate, breaker and how fast it answers. One row an endpoint. */
export interface Gate {
  readonly endpointId: string;
  readonly tenantId: string;
  /** Posts on their way, each until when it holds its place: a crash gives it back. */
  readonly slots: { readonly [token: string]: number };
  /** How many may be on their way just now: the endpoint's limit, or less while it comes back or answers 429. */
  readonly window: number;
  /** When the next post may start, by its rate (GCRA's theoretical arrival time). */
  readonly nextArrivalAt: number;
  readonly breaker: BreakerState;
  /** Time-outs since the last answer in time. */
  readonly timeouts: number;
  /** Exponentially weighted mean of how long answers took, in milliseconds. */
  readonly meanLatencyMs: number;
  /** Since when something is parked; the gate is due while there is. */
  readonly parkedSince?: number;
  /** When the sweeper should look: a probe, or a drain. */
  readonly dueAt?: number;
  /** Since when every attempt failed; absent after a success. */
  readonly failingSince?: number;
  readonly ttl: number;
  readonly revision: string;
}
