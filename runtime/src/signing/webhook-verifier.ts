import { createHmac, type KeyObject, timingSafeEqual, verify } from 'node:crypto';
import { types } from 'node:util';
import { type Clock, systemClock } from '../resilience/clock';
import { SigningError, WebhookVerificationError } from './errors';
import { publicKeyOf } from './key-pair';
import { received, type ReceivedHeaders, type ReceivedWebhook } from './received';
import { secretBytes } from './secrets';
import type { SeenState, SeenStore } from './seen-store';
import { signedContent } from './signatures';

export interface WebhookVerifierOptions {
  /** Secrets of v1; the old and the new one while they are rotated. */
  readonly secrets?: readonly string[];
  /** `whpk_` keys of v1a, likewise. */
  readonly publicKeys?: readonly string[];
  /** How far the sender's clock may be from this one, either way. @default 300 */
  readonly toleranceSeconds?: number;
  /** @default the machine's */
  readonly clock?: Pick<Clock, 'now'>;
  /** Where ids are marked. @default none: duplicates are not found */
  readonly seen?: SeenStore;
  /** How long an id counts as processed; at least twice the tolerance, or a copy could come after it. @default 86,400 */
  readonly seenForSeconds?: number;
  /** How long `receive` keeps others from an id while its work runs. @default 60 */
  readonly processingSeconds?: number;
  /** The header that has the signatures. @default webhook-signature */
  readonly signatureHeader?: string;
}

/** A webhook that was signed by the sender, lately. */
export interface Verified {
  readonly id: string;
  /** When the attempt was signed, in seconds since the epoch. */
  readonly timestamp: number;
  readonly version: 'v1' | 'v1a';
  readonly body: Buffer;
}

/**
 * Tells whether a request is a webhook of this sender's. An id is marked only after its signature matched: who cannot sign cannot use up
 * ids.
 *
 * @example
 * const verifier = new WebhookVerifier({ secrets: [process.env.WEBHOOK_SECRET!] });
 * const { id, body } = await verifier.verify(request.headers, rawBody);
 */
export class WebhookVerifier {
  private readonly secrets: readonly Buffer[];
  private readonly publicKeys: readonly KeyObject[];
  private readonly toleranceSeconds: number;
  private readonly clock: Pick<Clock, 'now'>;
  private readonly seenForMs: number;
  private readonly processingMs: number;
  private readonly signatureHeader: string;

  constructor(private readonly options: WebhookVerifierOptions) {
    this.secrets = (options.secrets ?? []).map(secretBytes);
    this.publicKeys = (options.publicKeys ?? []).map(publicKeyOf);
    if (this.secrets.length + this.publicKeys.length === 0) {
      throw new SigningError(
        'invalid-key',
        'WebhookVerifier: secrets or publicKeys must have a key, got none; pass the one of the endpoint',
      );
    }
    this.toleranceSeconds = seconds('toleranceSeconds', options.toleranceSeconds ?? 300, 1);
    this.seenForMs =
      seconds('seenForSeconds', options.seenForSeconds ?? Math.max(86_400, 2 * this.toleranceSeconds), 2 * this.toleranceSeconds) * 1000;
    this.processingMs = seconds('processingSeconds', options.processingSeconds ?? 60, 1) * 1000;
    this.clock = options.clock ?? systemClock;
    this.signatureHeader = options.signatureHeader ?? 'webhook-signature';
  }

  /**
   * The webhook in a request, or a WebhookVerificationError. With a SeenStore its id is marked as processed from here on: at most once.
   * When processing fails, `forget(id)`, or the sender's next attempt is a duplicate.
   */
  async verify(headers: ReceivedHeaders, body: Uint8Array | string): Promise<Verified> {
    const webhook = this.match(headers, body);
    await this.claim(webhook.id, 'processed', this.seenForMs);
    return webhook;
  }

  /**
   * Verifies and does some work: at least once. The id counts as processed when the work is done; it is free again when the work fails, or
   * when the process died, after `processingSeconds`.
   */
  async receive<T>(headers: ReceivedHeaders, body: Uint8Array | string, work: (webhook: Verified) => Promise<T> | T): Promise<T> {
    const webhook = this.match(headers, body);
    await this.claim(webhook.id, 'processing', this.processingMs);
    let result: T;
    try {
      result = await work(webhook);
    } catch (error) {
      // What the work failed with is the answer; a mark that stays ends by itself.
      await this.forget(webhook.id).catch(() => undefined);
      throw error;
    }
    await this.options.seen?.remark(webhook.id, 'processed', this.seenForMs);
    return result;
  }

  /** Lets an id be processed again. */
  async forget(id: string): Promise<void> {
    await this.options.seen?.forget(id);
  }

  private async claim(id: string, state: SeenState, ttlMs: number): Promise<void> {
    const before = await this.options.seen?.mark(id, state, ttlMs);
    if (before === 'processed') throw new WebhookVerificationError('duplicate', 'webhook-id: was processed before; answer 200');
    if (before === 'processing') {
      throw new WebhookVerificationError('in-progress', 'webhook-id: is being processed; answer 503 with Retry-After');
    }
  }

  private match(headers: ReceivedHeaders, body: Uint8Array | string): Verified {
    const bytes = bytesOf(body);
    const webhook = received(headers, this.signatureHeader);
    this.checkTime(Number(webhook.timestamp));
    const content = signedContent(webhook.id, webhook.timestamp, bytes);
    const version = this.versionThatMatches(webhook, content);
    if (version !== undefined) return { id: webhook.id, timestamp: Number(webhook.timestamp), version, body: bytes };
    throw new WebhookVerificationError(
      'no-match',
      `${this.signatureHeader}: must have a signature of a known key over these bytes, got ${webhook.v1.length} of v1 and ${webhook.v1a.length} of v1a that are not; check the endpoint's secret, and pass the body as it came`,
    );
  }

  private versionThatMatches({ v1, v1a }: ReceivedWebhook, content: Buffer): 'v1' | 'v1a' | undefined {
    const macs = v1.length === 0 ? [] : this.secrets.map((secret) => createHmac('sha256', secret).update(content).digest());
    if (v1.some((given) => macs.some((mac) => timingSafeEqual(given, mac)))) return 'v1';
    return v1a.some((given) => this.publicKeys.some((key) => verify(null, content, key, given))) ? 'v1a' : undefined;
  }

  private checkTime(timestamp: number): void {
    const age = Math.floor(this.clock.now() / 1000) - timestamp;
    if (Math.abs(age) <= this.toleranceSeconds) return;
    throw new WebhookVerificationError(
      age > 0 ? 'too-old' : 'too-new',
      `webhook-timestamp: must be within ${this.toleranceSeconds} s of now, got one ${Math.abs(age)} s ${age > 0 ? 'ago' : 'ahead'}; compare the clocks`,
    );
  }
}

function seconds(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least && value <= 31_536_000) return value;
  throw new RangeError(`WebhookVerifier: ${name} must be whole seconds from ${least} to 31536000, got ${value}; give one of these`);
}

function bytesOf(body: unknown): Buffer {
  if (typeof body === 'string') return Buffer.from(body, 'utf8');
  if (types.isUint8Array(body)) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  throw new TypeError(`WebhookVerifier: body must be the bytes or the text as they came, got ${typeof body}; take it before it is parsed`);
}
