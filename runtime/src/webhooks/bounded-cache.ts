/** What was looked up lately, by key: for a short while and at most so many; the oldest goes first. */
export class BoundedCache<Value> {
  private readonly entries = new Map<string, { readonly value: Value; readonly until: number }>();

  constructor(
    private readonly most: number,
    private readonly keptMs: number,
    private readonly now: () => number,
  ) {}

  get(key: string): Value | undefined {
    const entry = this.entries.get(key);
    if (entry && entry.until > this.now()) return entry.value;
    if (entry) this.entries.delete(key);
    return undefined;
  }

  set(key: string, value: Value): void {
    this.entries.delete(key);
    if (this.entries.size >= this.most) {
      for (const oldest of this.entries.keys()) {
        this.entries.delete(oldest);
        break;
      }
    }
    this.entries.set(key, { value, until: this.now() + this.keptMs });
  }

  delete(key: string): void {
    this.entries.delete(key);
  }

  /** What is kept, or what `look` finds; nothing found is not kept. */
  async through<Found extends Value | undefined>(key: string, look: () => Promise<Found>): Promise<Value | Found> {
    const kept = this.get(key);
    if (kept !== undefined) return kept;
    const found = await look();
    if (found !== undefined) this.set(key, found);
    return found;
  }
}
