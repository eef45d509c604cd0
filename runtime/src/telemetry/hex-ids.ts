import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 4096;

/** Random hexadecimal ids, drawn from a pool: one call to the generator serves hundreds of requests. */
export class HexIds {
  private readonly pool = Buffer.alloc(POOL_BYTES);
  private at = POOL_BYTES;

  constructor(private readonly fill: (pool: Buffer) => void = (pool) => void randomFillSync(pool)) {}

  next(bytes: number): string {
    if (this.at + bytes > POOL_BYTES) {
      this.fill(this.pool);
      this.at = 0;
    }
    this.at += bytes;
    return this.pool.toString('hex', this.at - bytes, this.at);
  }
}
