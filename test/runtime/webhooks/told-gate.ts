import { admit, type EndpointLimits, type Gate, newGate, type Lane, settle, type Settlement } from 'plinth-runtime/webhooks';

export const START = 1_000_000;

/** A gate that is told what happens, in named steps. */
export class Told {
  gate: Gate;
  now = START;
  /** Where everybody may come. */
  lane: Lane = 'quarantine';
  private tokens = 0;

  constructor(readonly limits: EndpointLimits = { inFlight: 10 }) {
    this.gate = newGate('whe_1', 'acme', limits);
  }

  arrive(hasPlace = false) {
    const token = String((this.tokens += 1));
    const { gate, result } = admit(this.gate, {
      token,
      until: this.now + 25_000,
      limits: this.limits,
      hasPlace,
      lane: this.lane,
      now: this.now,
    });
    this.gate = gate ?? this.gate;
    return { ...result, token };
  }

  settle(token: string, verdict: Settlement['verdict'], fields: Partial<Settlement> = {}) {
    const { gate, result } = settle(this.gate, { token, verdict, limits: this.limits, now: this.now, ...fields });
    this.gate = gate ?? this.gate;
    return result;
  }

  post(verdict: Settlement['verdict'] = 'ok', fields: Partial<Settlement> = {}) {
    const { type, token } = this.arrive();
    if (type !== 'admitted') throw new Error(`the gate must admit, got ${type}`);
    return this.settle(token, verdict, fields);
  }

  open() {
    for (let at = 0; at < 5; at += 1) this.post('failure');
    return this;
  }

  halfOpen() {
    this.open();
    this.now = this.gate.breaker.probeAt!;
    return this.arrive();
  }

  get state() {
    return this.gate.breaker.state;
  }
}
