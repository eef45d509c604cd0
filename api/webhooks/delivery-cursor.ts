import { createHmac, timingSafeEqual } from 'node:crypto';

const MAC_BYTES = 16;
const LONGEST = 300;

export interface DeliveryCursorScope {
  readonly tenantId: string;
  readonly endpointId: string;
  readonly status: string | undefined;
}

/** Makes the place where a page ended opaque, and of use to its own tenant, webhook and filter only. The first key signs, each verifies. */
export class DeliveryCursors {
  constructor(private readonly keys: readonly string[]) {
    if (keys.length === 0 || keys.includes(''))
      throw new Error('DeliveryCursors: keys must hold at least one, none empty; give the current key');
  }

  write(before: string, scope: DeliveryCursorScope): string {
    return Buffer.concat([this.mac(this.keys[0] ?? '', before, scope), Buffer.from(before)]).toString('base64url');
  }

  /** The place, or nothing when this scope was never given the cursor. */
  read(cursor: string, scope: DeliveryCursorScope): string | undefined {
    if (cursor.length > LONGEST) return undefined;
    const bytes = Buffer.from(cursor, 'base64url');
    if (bytes.length <= MAC_BYTES || bytes.toString('base64url') !== cursor) return undefined;
    const mac = bytes.subarray(0, MAC_BYTES);
    const before = bytes.subarray(MAC_BYTES).toString('utf8');
    return this.keys.some((key) => timingSafeEqual(mac, this.mac(key, before, scope))) ? before : undefined;
  }

  private mac(key: string, before: string, { tenantId, endpointId, status }: DeliveryCursorScope): Buffer {
    const content = JSON.stringify(['deliveries-cursor', tenantId, endpointId, status ?? null, before]);
    return createHmac('sha256', key).update(content).digest().subarray(0, MAC_BYTES);
  }
}
