import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Clock } from '../resilience/clock';
import type { DataKeys } from './data-keys';

/** How long and how often data keys are used before the key service is asked again. */
export interface DataKeyLimits {
  /** How long a data key is kept, since it came. @default 3,600,000 */
  readonly maxAgeMs?: number;
  /** How much is sealed under one data key. @default 1,000 */
  readonly maxUses?: number;
  /** How many unwrapped data keys are kept; the one used longest ago goes first. @default 1,000 */
  readonly maxKeys?: number;
}

interface SealingKey {
  readonly key: KeyObject;
  readonly wrapped: Buffer;
}

interface Current {
  readonly coming: Promise<SealingKey>;
  readonly until: number;
  uses: number;
}

/** Data keys for a while: who seals shares one, who opens finds those opened before. They are KeyObjects: no dump of an object shows them. */
export class DataKeyCache {
  private readonly limits: Required<DataKeyLimits>;
  private readonly opened = new Map<string, { readonly coming: Promise<KeyObject>; readonly until: number }>();
  private current: Current | undefined;

  constructor(
    private readonly dataKeys: DataKeys,
    private readonly clock: Pick<Clock, 'now'>,
    { maxAgeMs = 3_600_000, maxUses = 1000, maxKeys = 1000 }: DataKeyLimits,
  ) {
    this.limits = { maxAgeMs, maxUses, maxKeys };
    for (const [name, value] of Object.entries(this.limits)) {
      if (Number.isSafeInteger(value) && value >= 1 && value <= 2 ** 32) continue;
      throw new RangeError(`EnvelopeSealer: ${name} must be a whole number from 1 to 4294967296, got ${value}; give one of these`);
    }
  }

  /** A key to seal one thing with. */
  sealing(): Promise<SealingKey> {
    const isUsable = this.current !== undefined && this.current.uses < this.limits.maxUses && this.current.until > this.clock.now();
    const current = isUsable ? this.current! : this.next();
    current.uses += 1;
    return current.coming;
  }

  /** The key in its wrapping. */
  async opening(wrapped: Buffer): Promise<KeyObject> {
    const name = wrapped.toString('base64');
    const entry = this.opened.get(name);
    const isUsable = entry !== undefined && entry.until > this.clock.now();
    const { coming, until } = isUsable ? entry : { coming: this.unwrap(wrapped), until: this.clock.now() + this.limits.maxAgeMs };
    // Again at the end: used last.
    this.opened.delete(name);
    this.opened.set(name, { coming, until });
    if (this.opened.size > this.limits.maxKeys) this.opened.delete(this.opened.keys().next().value!);
    return this.orForget(coming, () => {
      if (this.opened.get(name)?.coming === coming) this.opened.delete(name);
    });
  }

  private next(): Current {
    const coming = this.dataKeys.generate().then(({ plain, wrapped }) => ({ key: secret(plain), wrapped }));
    const until = this.clock.now() + this.limits.maxAgeMs;
    const next: Current = { coming: this.orForget(coming, () => this.drop(next)), until, uses: 0 };
    this.current = next;
    return next;
  }

  private drop(failed: Current): void {
    if (this.current === failed) this.current = undefined;
  }

  private async unwrap(wrapped: Buffer): Promise<KeyObject> {
    return secret(await this.dataKeys.unwrap(wrapped));
  }

  /** What failed is asked for again next time. */
  private async orForget<T>(coming: Promise<T>, forget: () => void): Promise<T> {
    try {
      return await coming;
    } catch (error) {
      forget();
      throw error;
    }
  }
}

function secret(plain: Buffer): KeyObject {
  if (plain.length !== 32) throw new RangeError(`DataKeys: a data key must have 32 bytes, got ${plain.length}; ask for AES-256`);
  const key = createSecretKey(plain);
  plain.fill(0);
  return key;
}
