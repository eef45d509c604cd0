import type { Clock } from '../resilience/clock';
import { BoundedCache } from './bounded-cache';
import { MOST_TRIES, partWays, WebhookContentionError } from './contention';
import type { Endpoint } from './endpoint';
import type { Gate } from './gate';
import { type GateStep, laneOf, newGate } from './gate-steps';
import type { Lane } from './webhook-messages';
import type { Rows } from './webhook-store';

export interface GateKeeperOptions {
  readonly rows: Rows<Gate, string>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly token: () => string;
  readonly cacheMs: number;
}

/** What a gate is of: an endpoint, or what is left of a deleted one. */
export type GateOwner = Pick<Endpoint, 'id' | 'tenantId' | 'limits'>;
type Decide<Result> = (gate: Gate, now: number) => GateStep<Result>;

interface Turn {
  readonly decide: Decide<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

const MOST_KEPT = 1000;
const KEPT_MS = 90 * 86_400_000;

/**
 * Takes steps of gates. Those of one endpoint that this process wants at once are one write, and what was last written is taken for what stands:
 * a write on it is refused if it is not. A step that writes nothing is never decided on anything but the row itself.
 */
export class GateKeeper {
  private readonly lines = new Map<string, Turn[]>();
  private readonly known: BoundedCache<Gate>;
  private readonly glimpsed: BoundedCache<Gate>;

  constructor(private readonly options: GateKeeperOptions) {
    const now = () => options.clock.now();
    this.known = new BoundedCache(MOST_KEPT, options.cacheMs, now);
    this.glimpsed = new BoundedCache(MOST_KEPT, options.cacheMs, now);
  }

  /** Where deliveries of an endpoint belong, by its gate as it was a moment ago at the most. */
  async lane(endpointId: string): Promise<Lane> {
    const gate = await this.glimpsed.through(endpointId, () => this.options.rows.read(endpointId));
    return laneOf(gate, this.options.clock.now());
  }

  step<Result>(owner: GateOwner, decide: Decide<Result>): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      const turn = { decide, resolve: resolve as Turn['resolve'], reject };
      const line = this.lines.get(owner.id);
      if (line) {
        line.push(turn);
        return;
      }
      const started = [turn];
      this.lines.set(owner.id, started);
      void this.work(owner, started);
    });
  }

  private async work(owner: GateOwner, line: Turn[]): Promise<void> {
    await Promise.resolve();
    while (line.length > 0) {
      const turns = line.splice(0);
      try {
        const results = await this.take(owner, turns);
        for (const [at, { resolve }] of turns.entries()) resolve(results[at]);
      } catch (error) {
        this.known.delete(owner.id);
        for (const { reject } of turns) reject(error);
      }
    }
    this.lines.delete(owner.id);
  }

  private async take(owner: GateOwner, turns: readonly Turn[]): Promise<unknown[]> {
    let written: { readonly gate: Gate; readonly results: unknown[] } | undefined;
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const kept = tries === 0 ? this.known.get(owner.id) : undefined;
      const standing = kept ?? (await this.options.rows.read(owner.id));
      // The write before was ours after all: its answer was lost and it was sent again.
      if (written && standing?.revision === written.gate.revision) return this.keep(written.gate, written.results);
      const { gate, results, isChanged } = this.decide(standing ?? newGate(owner.id, owner.tenantId, owner.limits), turns);
      if (!isChanged && !kept) return results;
      if (isChanged) {
        written = { gate, results };
        const isWritten = standing ? await this.options.rows.replace(gate, standing.revision) : await this.options.rows.create(gate);
        if (isWritten) return this.keep(gate, results);
      }
      await partWays(tries, this.options.clock, this.options.random);
    }
    throw new WebhookContentionError(owner.id);
  }

  private decide(before: Gate, turns: readonly Turn[]): { gate: Gate; results: unknown[]; isChanged: boolean } {
    const now = this.options.clock.now();
    let gate = before;
    const results = turns.map(({ decide }) => {
      const step = decide(gate, now);
      gate = step.gate ?? gate;
      return step.result;
    });
    const isChanged = gate !== before;
    const ttl = Math.ceil((now + KEPT_MS) / 1000);
    return { gate: isChanged ? { ...gate, ttl, revision: this.options.token() } : gate, results, isChanged };
  }

  private keep(gate: Gate, results: unknown[]): unknown[] {
    this.known.set(gate.endpointId, gate);
    this.glimpsed.set(gate.endpointId, gate);
    return results;
  }
}
