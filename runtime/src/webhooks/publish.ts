import { createHash } from 'node:crypto';
import { isEventType } from './event-pattern';
import { MAX_BODY_BYTES, type Message } from './message';
import { HINT_GRACE_MS } from './delivery-step';
import type { WebhookContext } from './webhook-context';
import { isMessageId, newWebhookId } from './webhook-id';

export interface Publication {
  readonly tenantId: string;
  /** Such as `document.completed`. */
  readonly type: string;
  /** Posted as JSON, at most 256 KiB of it. */
  readonly body: object;
  /** `msg_...`: publishing under it twice is publishing once. */
  readonly id?: string;
  readonly idempotencyKey?: string;
  /** The one receiver, whatever it subscribed to. */
  readonly target?: Message['target'];
}

export type Published =
  | { readonly type: 'published' | 'replayed'; readonly message: Message }
  /** The id or the idempotency key stands for something else. */
  | { readonly type: 'conflict'; readonly messageId: string };

/** A message that cannot be published as it is. */
export class WebhookPublicationError extends Error {
  constructor(
    readonly code: 'body-too-large' | 'bad-type' | 'bad-id',
    message: string,
  ) {
    super(message);
    this.name = 'WebhookPublicationError';
  }
}

const KEY_STANDS_MS = 24 * 3_600_000;

function bodyOf({ type, body, id }: Publication): string {
  if (!isEventType(type)) {
    throw new WebhookPublicationError(
      'bad-type',
      `type must be parts of a-z, 0-9, _ and - with dots between, at most 128 characters, got ${JSON.stringify(type.slice(0, 160))}; write it as document.completed`,
    );
  }
  if (id !== undefined && !isMessageId(id)) {
    throw new WebhookPublicationError(
      'bad-id',
      `id must be msg_ and up to 120 of A-Z, a-z, 0-9, _ and -, got ${JSON.stringify(id)}; choose another`,
    );
  }
  const text = JSON.stringify(body);
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_BODY_BYTES) return text;
  throw new WebhookPublicationError(
    'body-too-large',
    `body must be at most ${MAX_BODY_BYTES} bytes as JSON, got ${bytes}; send a link to the rest`,
  );
}

/** Writes a message, once for an id and once for an idempotency key, and says that it is to be fanned out. */
export async function publish(context: WebhookContext, publication: Publication): Promise<Published> {
  const { tenantId, idempotencyKey: key } = publication;
  const body = bodyOf(publication);
  const requestHash = hashOf(publication, body);
  const now = context.clock.now();
  const proposed = publication.id ?? newWebhookId('msg', now, context.randomBytes);
  if (key === undefined) return write(context, proposed, publication, body);
  const ttl = Math.ceil((now + KEY_STANDS_MS) / 1000);
  const standing = await context.store.readKey(tenantId, key);
  const holder = standing ?? (await context.store.takeKey({ tenantId, key, messageId: proposed, requestHash, ttl }));
  if (holder.requestHash !== requestHash) return { type: 'conflict', messageId: holder.messageId };
  // Written even when the key was held: whoever took it may have ended before it wrote.
  return write(context, holder.messageId, publication, body);
}

async function write(context: WebhookContext, id: string, { tenantId, type, target }: Publication, body: string): Promise<Published> {
  const createdAt = context.clock.now();
  const ttl = Math.ceil((createdAt + context.keepBodiesMs) / 1000);
  const revision = context.token();
  const dueAt = createdAt + HINT_GRACE_MS;
  const message: Message = { id, tenantId, type, body, target, state: 'accepted', createdAt, dueAt, ttl, revision };
  const isNew = await context.store.messages.create(message);
  const standing = isNew ? message : ((await context.store.messages.read(id)) ?? message);
  if (!isNew && !isSame(standing, message)) return { type: 'conflict', messageId: id };
  // Ours after all when the answer to the first write was lost and it was sent again.
  const isOurs = standing.revision === revision;
  if (isOurs) await context.hintFanOut(standing);
  return { type: isOurs ? 'published' : 'replayed', message: standing };
}

/** A body that is gone says nothing of what it was. */
const isSame = (one: Message, other: Message): boolean =>
  one.tenantId === other.tenantId &&
  one.type === other.type &&
  (one.body === undefined || one.body === other.body) &&
  one.target?.url === other.target?.url &&
  one.target?.endpointId === other.target?.endpointId;

const hashOf = ({ type, target, id }: Publication, body: string): string =>
  createHash('sha256')
    .update(JSON.stringify([type, body, target?.endpointId ?? null, target?.url ?? null, id ?? null]))
    .digest('hex');
