import { createHmac, timingSafeEqual } from 'node:crypto';

const MAC_BYTES = 16;
const LONGEST = 300;

/** What a cursor holds good for: the name of the list, whose it is, and its filters. */
export type CursorScope = readonly (string | undefined)[];

/** Makes the place where a page ended opaque, and of use to its own list only. The first key signs, each verifies. */
export class Cursors {
  constructor(private readonly keys: readonly string[]) {
    if (keys.length === 0 || keys.includes('')) throw new Error('Cursors: keys must hold at least one, none empty; give the current key');
  }

  write(before: string, scope: CursorScope): string {
    return Buffer.concat([Buffer.from(before), this.mac(this.keys[0] ?? '', before, scope)]).toString('base64url');
  }

  /** The place, or nothing when this scope was never given the cursor. */
  read(cursor: string, scope: CursorScope): string | undefined {
    if (cursor.length > LONGEST) return undefined;
    const bytes = Buffer.from(cursor, 'base64url');
    if (bytes.length <= MAC_BYTES || bytes.toString('base64url') !== cursor) return undefined;
    const before = bytes.subarray(0, -MAC_BYTES).toString('utf8');
    const mac = bytes.subarray(-MAC_BYTES);
    return this.keys.some((key) => timingSafeEqual(mac, this.mac(key, before, scope))) ? before : undefined;
  }

  private mac(key: string, before: string, scope: CursorScope): Buffer {
    const content = JSON.stringify([...scope.map((part) => part ?? null), before]);
    return createHmac('sha256', key).update(content).digest().subarray(0, MAC_BYTES);
  }
}
