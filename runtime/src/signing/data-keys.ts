import { createHash } from 'node:crypto';
import { SealError } from './errors';

/** A key of 32 bytes, and what it can be had from again. */
export interface DataKey {
  readonly plain: Buffer;
  readonly wrapped: Buffer;
}

/** Where data keys come from: a key service, which wraps them under a key that never leaves it. */
export interface DataKeys {
  generate(): Promise<DataKey>;
  /** Rejects with a SealError for what it never wrapped; other errors may end. */
  unwrap(wrapped: Buffer): Promise<Buffer>;
}

/**
 * One data key, given: for tests, benches and a local run. What is sealed under it is as safe as that key.
 *
 * @example
 * const sealer = new EnvelopeSealer({ dataKeys: new FixedDataKeys(Buffer.alloc(32, 1)), clock });
 */
export class FixedDataKeys implements DataKeys {
  private readonly name: Buffer;

  constructor(private readonly key: Buffer) {
    this.name = createHash('sha256').update('plinth fixed data key').update(key).digest().subarray(0, 16);
  }

  generate(): Promise<DataKey> {
    return Promise.resolve({ plain: Buffer.from(this.key), wrapped: this.name });
  }

  unwrap(wrapped: Buffer): Promise<Buffer> {
    if (wrapped.equals(this.name)) return Promise.resolve(Buffer.from(this.key));
    return Promise.reject(new SealError('data key must be the fixed one, got another; open it with what it was sealed with'));
  }
}
