import { createHmac, timingSafeEqual } from 'node:crypto';
import { isJobId } from 'plinth-runtime/jobs';

const MAC_BYTES = 16;
const ID_LENGTH = 30;

/** What a cursor holds good for: this tenant's list with these filters. */
export interface CursorScope {
  readonly tenantId: string;
  readonly kind: string | undefined;
  readonly status: string | undefined;
}

/** Makes the place where a page ended opaque, and of use to its own tenant and filters only. The first key signs, each verifies. */
export class Cursors {
  constructor(private readonly keys: readonly string[]) {
    if (keys.length === 0 || keys.includes('')) throw new Error('Cursors: keys must hold at least one, none empty; give the current key');
  }

  write(before: string, scope: CursorScope): string {
    return Buffer.concat([Buffer.from(before), this.mac(this.keys[0] ?? '', before, scope)]).toString('base64url');
  }

  /** The place, or nothing when this scope was never given the cursor. */
  read(cursor: string, scope: CursorScope): string | undefined {
    const bytes = Buffer.from(cursor, 'base64url');
    if (bytes.length !== ID_LENGTH + MAC_BYTES || bytes.toString('base64url') !== cursor) return undefined;
    const before = bytes.subarray(0, ID_LENGTH).toString('latin1');
    const mac = bytes.subarray(ID_LENGTH);
    const isOurs = isJobId(before) && this.keys.some((key) => timingSafeEqual(mac, this.mac(key, before, scope)));
    return isOurs ? before : undefined;
  }

  private mac(key: string, before: string, { tenantId, kind, status }: CursorScope): Buffer {
    const content = JSON.stringify(['jobs-cursor', tenantId, kind ?? null, status ?? null, before]);
    return createHmac('sha256', key).update(content).digest().subarray(0, MAC_BYTES);
  }
}
