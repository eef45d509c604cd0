import { createHash, randomFillSync } from 'node:crypto';

/** Random bytes, passed in. */
export type RandomBytes = (size: number) => Uint8Array;

const POOL_BYTES = 4096;

/** Random bytes of node:crypto, fetched some thousand at a time: asking for a few costs as much. */
export function pooledRandomBytes(): RandomBytes {
  const pool = Buffer.alloc(POOL_BYTES);
  let used = POOL_BYTES;
  return (size) => {
    if (used + size > POOL_BYTES) {
      randomFillSync(pool);
      used = 0;
    }
    used += size;
    return Uint8Array.prototype.slice.call(pool, used - size, used);
  };
}

const MESSAGE_ID = /^msg_[A-Za-z0-9_-]{1,120}$/;

/** A new id: the prefix, 48 bits of time and 96 random bits. */
export function newWebhookId(prefix: 'msg' | 'whe' | 'tsk', now: number, randomBytes: RandomBytes): string {
  return `${prefix}_${now.toString(36).padStart(9, '0')}${Buffer.from(randomBytes(12)).toString('hex')}`;
}

export const isMessageId = (text: string): boolean => MESSAGE_ID.test(text);

/** The one delivery of a message to an endpoint. */
export function deliveryId(messageId: string, endpointId: string): string {
  return `del_${createHash('sha256').update(`${messageId}\n${endpointId}`).digest('base64url').slice(0, 32)}`;
}
