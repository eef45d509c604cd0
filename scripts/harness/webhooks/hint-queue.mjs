const VISIBILITY_MS = 30_000;

/** A queue of hints: at least once and in any order. It loses, repeats and delays what it is sent, as a seed decides. */
export class HintQueue {
  lost = 0;
  repeated = 0;
  delayed = 0;
  redelivered = 0;
  ready = [];
  later = [];
  out = new Map();
  sent = 0;

  constructor(clock, random) {
    this.clock = clock;
    this.random = random;
  }

  send(hint, delayMs) {
    const luck = this.random();
    if (luck < 0.05) {
      this.lost += 1;
      return;
    }
    const copies = luck < 0.15 ? 2 : 1;
    this.repeated += copies - 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const isDelayed = this.random() < 0.3;
      this.delayed += isDelayed ? 1 : 0;
      this.later.push({ hint, at: this.clock.now() + delayMs + (isDelayed ? 1000 + this.random() * 4000 : 0) });
    }
  }

  /** One whose time has come, any of them; out until it is done with or nobody has said so for a while. */
  take() {
    this.turn();
    if (this.ready.length === 0) return undefined;
    const at = Math.floor(this.random() * this.ready.length);
    const hint = this.ready[at];
    this.ready[at] = this.ready.at(-1);
    this.ready.pop();
    const id = (this.sent += 1);
    this.out.set(id, { hint, until: this.clock.now() + VISIBILITY_MS });
    return { id, hint };
  }

  done(id) {
    this.out.delete(id);
  }

  turn() {
    const now = this.clock.now();
    const stay = [];
    for (const entry of this.later) {
      if (entry.at <= now) this.ready.push(entry.hint);
      else stay.push(entry);
    }
    this.later = stay;
    for (const [id, { hint, until }] of this.out) {
      if (until > now) continue;
      this.out.delete(id);
      this.ready.push(hint);
      this.redelivered += 1;
    }
  }
}
