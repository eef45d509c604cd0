import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Clock } from '../resilience/clock';
import { DataKeyCache, type DataKeyLimits } from './data-key-cache';
import type { DataKeys } from './data-keys';
import { SealError } from './errors';

/** Keeps signing keys unreadable where they are stored. */
export interface KeySealer {
  seal(plain: Buffer, context: string): Promise<string>;
  /** Rejects with a SealError unless the context is the one it was sealed in; other errors may end. */
  open(sealed: string, context: string): Promise<Buffer>;
}

export interface EnvelopeSealerOptions extends DataKeyLimits {
  readonly dataKeys: DataKeys;
  readonly clock: Pick<Clock, 'now'>;
}

const FORM = /^s1\.([A-Za-z0-9_-]{1,8192})\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{22,})$/;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM under a data key that is itself wrapped by a key service, as `s1.<wrapped key>.<nonce>.<ciphertext and tag>` in base64url. The
 * context is authenticated: what was sealed for one endpoint opens for no other.
 *
 * @example
 * const sealed = await sealer.seal(Buffer.from(generateSecret()), `${tenantId}/${endpointId}`);
 */
export class EnvelopeSealer implements KeySealer {
  private readonly keys: DataKeyCache;

  constructor({ dataKeys, clock, ...limits }: EnvelopeSealerOptions) {
    this.keys = new DataKeyCache(dataKeys, clock, limits);
  }

  async seal(plain: Buffer, context: string): Promise<string> {
    const { key, wrapped } = await this.keys.sealing();
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES }).setAAD(authenticated(context));
    const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    return format(wrapped, iv, sealed);
  }

  async open(sealed: string, context: string): Promise<Buffer> {
    const parts =
      FORM.exec(sealed)
        ?.slice(1)
        .map((part) => Buffer.from(part, 'base64url')) ?? [];
    if (parts.length === 0 || format(...parts) !== sealed) {
      throw new SealError(`sealed value must be s1.<key>.<nonce>.<ciphertext>, got ${sealed.length} other characters; read the row again`);
    }
    const [wrapped, iv, bytes] = parts;
    const key = await this.keys.opening(wrapped);
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
      .setAAD(authenticated(context))
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]);
    } catch {
      throw new SealError('sealed value must be as it was sealed and opened in its own context, got another; read the row again');
    }
  }
}

const authenticated = (context: string): Buffer => Buffer.from(`plinth s1\n${context}`);

const format = (...parts: readonly Buffer[]): string => ['s1', ...parts.map((part) => part.toString('base64url'))].join('.');
