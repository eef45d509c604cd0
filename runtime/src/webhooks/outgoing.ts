import type { KeySealer } from '../signing/envelope-sealer';
import { type SigningKey, signingKey, webhookHeaders } from '../signing/signatures';
import { BoundedCache } from './bounded-cache';
import type { Delivery } from './delivery';
import type { Endpoint, SealedKey } from './endpoint';
import type { Message } from './message';
import type { WebhookContext } from './webhook-context';
import { headersContext, type PostRequest, sealContext } from './webhook-ports';

const MOST_OPENED = 1000;
const OPENED_MS = 5 * 60_000;

export interface Opened {
  readonly keys: readonly SigningKey[];
  readonly headers: { readonly [name: string]: string };
}

/** Makes the request of an attempt: the message as it is, signed with every key that stands. */
export class Outgoing {
  private readonly opened: BoundedCache<Buffer>;
  private readonly parsed: BoundedCache<SigningKey>;

  constructor(
    private readonly context: WebhookContext,
    private readonly sealer: Pick<KeySealer, 'open'>,
  ) {
    const now = () => context.clock.now();
    this.opened = new BoundedCache(MOST_OPENED, OPENED_MS, now);
    this.parsed = new BoundedCache(MOST_OPENED, OPENED_MS, now);
  }

  /** Opens what the endpoint has sealed. Done before an attempt begins: a key that cannot be opened just now costs none. */
  async open(endpoint: Endpoint): Promise<Opened> {
    const now = this.context.clock.now();
    const standing = endpoint.keys.filter(({ notAfter = Number.POSITIVE_INFINITY }) => now < notAfter);
    const keys = await Promise.all(standing.map((key) => this.key(endpoint, key)));
    const sealed = endpoint.sealedHeaders;
    const headers =
      sealed === undefined
        ? {}
        : (JSON.parse((await this.plain(headersContext(endpoint.tenantId, endpoint.id), sealed)).toString('utf8')) as Opened['headers']);
    return { keys, headers };
  }

  request(endpoint: Endpoint, delivery: Delivery, message: Message, { keys, headers }: Opened): PostRequest {
    const body = Buffer.from(message.body ?? '');
    const timestamp = Math.floor(this.context.clock.now() / 1000);
    const { signatureHeader } = endpoint;
    const signed = webhookHeaders({ id: message.id, timestamp, body }, keys, { signatureHeader });
    return {
      url: delivery.url ?? endpoint.url,
      headers: { ...headers, 'content-type': 'application/json', 'user-agent': 'plinth-webhooks/1', ...signed },
      body,
      timeoutMs: endpoint.retryPolicy.timeoutMs,
    };
  }

  private async key(endpoint: Endpoint, key: SealedKey): Promise<SigningKey> {
    const parsed = this.parsed.get(key.sealed);
    if (parsed !== undefined) return parsed;
    const made = signingKey(key.kid, (await this.plain(sealContext(endpoint.tenantId, endpoint.id), key.sealed)).toString('utf8'));
    this.parsed.set(key.sealed, made);
    return made;
  }

  private plain(context: string, sealed: string): Promise<Buffer> {
    return this.opened.through(`${context} ${sealed}`, () => this.sealer.open(sealed, context));
  }
}
