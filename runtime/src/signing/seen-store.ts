import type { Clock } from '../resilience/clock';

/** Being processed: another request may come for it when the mark ends. Processed: none is needed. */
export type SeenState = 'processing' | 'processed';

/**
 * The ids of webhooks that came before. With Redis: `SET id state NX PX ttl GET`, `SET id state PX ttl`, `DEL id`.
 */
export interface SeenStore {
  /** Marks an id that has no mark, and gives the mark it had, in one step: of two requests at once one gets `undefined`. */
  mark(id: string, state: SeenState, ttlMs: number): Promise<SeenState | undefined>;
  /** Marks an id whatever mark it has. */
  remark(id: string, state: SeenState, ttlMs: number): Promise<void>;
  forget(id: string): Promise<void>;
}

export interface MemorySeenStoreOptions {
  readonly clock: Pick<Clock, 'now'>;
  /**
   * How many ids are kept; the one marked longest ago goes first.
   * @default 100,000
   */
  readonly maxIds?: number;
}

/**
 * Ids in the memory of this process: for one process, until it ends.
 *
 * @example
 * const seen = new MemorySeenStore({ clock: systemClock });
 */
export class MemorySeenStore implements SeenStore {
  private readonly marks = new Map<string, { readonly state: SeenState; readonly until: number }>();
  private readonly maxIds: number;
  private evictions = 0;

  constructor(private readonly options: MemorySeenStoreOptions) {
    this.maxIds = options.maxIds ?? 100_000;
    if (!Number.isSafeInteger(this.maxIds) || this.maxIds < 1) {
      throw new RangeError(`MemorySeenStore: maxIds must be a whole number of at least 1, got ${this.maxIds}; give how many ids to keep`);
    }
  }

  get size(): number {
    return this.marks.size;
  }

  /** How many ids went before their time, as there were too many: what they stood for could be processed again. */
  get evicted(): number {
    return this.evictions;
  }

  mark(id: string, state: SeenState, ttlMs: number): Promise<SeenState | undefined> {
    const mark = this.marks.get(id);
    if (mark !== undefined && mark.until > this.options.clock.now()) return Promise.resolve(mark.state);
    return this.remark(id, state, ttlMs).then(() => undefined);
  }

  remark(id: string, state: SeenState, ttlMs: number): Promise<void> {
    const now = this.options.clock.now();
    this.marks.delete(id);
    this.dropEnded(now);
    if (this.marks.size >= this.maxIds) this.dropOldest();
    this.marks.set(id, { state, until: now + ttlMs });
    return Promise.resolve();
  }

  forget(id: string): Promise<void> {
    this.marks.delete(id);
    return Promise.resolve();
  }

  private dropEnded(now: number): void {
    for (const [id, { until }] of this.marks) {
      if (until > now) return;
      this.marks.delete(id);
    }
  }

  private dropOldest(): void {
    const [oldest] = this.marks.keys();
    this.marks.delete(oldest);
    this.evictions += 1;
  }
}
