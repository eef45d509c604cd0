/** Recover: what failed since a time is tried again. Replay: everything since a time is. Purge: bodies and logs of a tenant go. */
export const BULK_KINDS = ['recover', 'replay', 'purge'] as const;
export type BulkKind = (typeof BULK_KINDS)[number];

/** Work over many deliveries that goes on where it was when whoever did it is gone. */
export interface BulkTask {
  readonly id: string;
  readonly tenantId: string;
  readonly kind: BulkKind;
  /** Absent for a purge of the tenant. */
  readonly endpointId?: string;
  /** Deliveries created from here to there. */
  readonly since: number;
  readonly until: number;
  /** Counts, and changes nothing. */
  readonly isDryRun: boolean;
  readonly state: 'queued' | 'running' | 'succeeded' | 'cancelled';
  /** Where it goes on. */
  readonly cursor?: string;
  readonly seen: number;
  readonly done: number;
  readonly skipped: number;
  readonly lease?: { readonly token: string; readonly until: number };
  readonly createdAt: number;
  readonly finishedAt?: number;
  readonly dueAt?: number;
  readonly ttl: number;
  readonly revision: string;
}
