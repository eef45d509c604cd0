import type { Clock } from '../resilience/clock';
import { type Histogram, quantile } from './duration-histogram';
import type { JobKind } from './job-kinds';
import type { JobStore } from './job-store';

/** How long a job of a kind takes from submission to success. */
export interface Estimate {
  /** Half of them took at most this; the kind's own guess while nothing was measured. */
  readonly p50Ms: number;
  /** Absent while nothing was measured. */
  readonly p95Ms?: number;
}

const FRESH_MS = 10_000;

/** Estimates out of the durations of this hour and the one before, read at most every 10 s a kind. */
export class Estimates {
  private readonly read = new Map<string, { readonly at: number; readonly histogram: Promise<Histogram> }>();

  constructor(
    private readonly store: Pick<JobStore, 'durations'>,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  async of({ name, estimateMs }: JobKind): Promise<Estimate> {
    const histogram = await this.histogram(name).catch((): Histogram => new Map());
    return { p50Ms: quantile(histogram, 0.5) ?? estimateMs, p95Ms: quantile(histogram, 0.95) };
  }

  private histogram(kind: string): Promise<Histogram> {
    const standing = this.read.get(kind);
    if (standing && this.clock.now() - standing.at < FRESH_MS) return standing.histogram;
    const histogram = this.store.durations(kind);
    this.read.set(kind, { at: this.clock.now(), histogram });
    return histogram;
  }
}
