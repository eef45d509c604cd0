const MOST_KEPT = 1000;
const LONGEST_KEPT = 4096;

/** Answers that hold for good, so that each is looked for once. Strangers ask: at most so many are kept, all are forgotten when there are more. */
export class Verdicts<Fault> {
  private readonly kept = new Map<string, Fault | undefined>();

  of(asked: string, look: () => Fault | undefined): Fault | undefined {
    const known = this.kept.get(asked);
    if (known !== undefined || this.kept.has(asked)) return known;
    const found = look();
    if (asked.length > LONGEST_KEPT) return found;
    if (this.kept.size >= MOST_KEPT) this.kept.clear();
    this.kept.set(asked, found);
    return found;
  }
}
