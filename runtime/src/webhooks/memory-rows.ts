import type { Clock } from '../resilience/clock';
import type { Rows } from './webhook-store';

interface Row {
  readonly revision: string;
  readonly ttl?: number;
  readonly dueAt?: number;
}

/** Rows in the memory of one process. What is due is kept apart, so that looking for it costs nothing while all is well. */
export class MemoryRows<Kept extends Row, Key> implements Rows<Kept, Key> {
  private readonly rows = new Map<string, Kept>();
  /** By key: when it is due. */
  readonly due = new Map<string, number>();

  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly keyOf: (row: Kept) => string,
    private readonly nameOf: (key: Key) => string,
    private readonly onChange: (before: Kept | undefined, after: Kept | undefined) => void = () => undefined,
  ) {}

  async create(row: Kept): Promise<boolean> {
    const name = this.keyOf(row);
    if (this.alive(this.rows.get(name))) return false;
    this.put(name, row);
    return true;
  }

  async read(key: Key): Promise<Kept | undefined> {
    return this.at(this.nameOf(key));
  }

  async replace(row: Kept, revision: string): Promise<boolean> {
    const name = this.keyOf(row);
    if (this.rows.get(name)?.revision !== revision) return false;
    this.put(name, row);
    return true;
  }

  async delete(key: Key, revision: string): Promise<boolean> {
    const name = this.nameOf(key);
    const row = this.rows.get(name);
    if (row?.revision !== revision) return false;
    this.onChange(row, undefined);
    this.rows.delete(name);
    this.due.delete(name);
    return true;
  }

  at(name: string): Kept | undefined {
    return this.alive(this.rows.get(name));
  }

  *values(): Iterable<Kept> {
    for (const row of this.rows.values()) if (this.alive(row)) yield row;
  }

  private put(name: string, row: Kept): void {
    this.onChange(this.rows.get(name), row);
    this.rows.set(name, row);
    if (row.dueAt === undefined) this.due.delete(name);
    else this.due.set(name, row.dueAt);
  }

  private alive(row: Kept | undefined): Kept | undefined {
    return row !== undefined && (row.ttl === undefined || row.ttl * 1000 > this.clock.now()) ? row : undefined;
  }
}
