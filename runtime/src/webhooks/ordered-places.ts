/** Names in order, most of which come at the end. */
export class OrderedPlaces {
  private readonly places: string[] = [];

  add(place: string): void {
    const at = this.find(place);
    if (this.places[at] !== place) this.places.splice(at, 0, place);
  }

  /** From before a place, or from the end. */
  *downwards(before?: string): Iterable<string> {
    for (let at = (before === undefined ? this.places.length : this.find(before)) - 1; at >= 0; at -= 1) yield this.places[at];
  }

  /** Where a place is, or would be. */
  private find(place: string): number {
    const last = this.places.at(-1);
    if (last === undefined || place > last) return this.places.length;
    let from = 0;
    let to = this.places.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.places[middle] < place) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
