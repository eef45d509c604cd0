const CLOSE = 0x8;

/** Follows the frames of one direction of a WebSocket, so that a frame of ours can be put between two of theirs. */
export class FrameTracker {
  private readonly header: number[] = [];
  private payloadLeft = 0;
  private closed = false;

  /** Whether the bytes so far end with a whole frame. */
  get atBoundary(): boolean {
    return this.payloadLeft === 0 && this.header.length === 0;
  }

  /** Whether a close frame has begun: nothing may follow it. */
  get sawClose(): boolean {
    return this.closed;
  }

  /** Takes the next bytes; tells how many of them end the frame in which they begin, -1 when that frame goes on. */
  push(chunk: Buffer): number {
    let at = 0;
    let boundary = -1;
    while (at < chunk.length) {
      if (this.payloadLeft > 0) {
        const taken = Math.min(this.payloadLeft, chunk.length - at);
        this.payloadLeft -= taken;
        at += taken;
      } else {
        this.header.push(chunk[at]);
        at += 1;
        if (this.header.length === headerLength(this.header)) this.beginPayload();
      }
      if (boundary === -1 && this.atBoundary) boundary = at;
    }
    return boundary;
  }

  private beginPayload(): void {
    if ((this.header[0] & 0x0f) === CLOSE) this.closed = true;
    this.payloadLeft = payloadLength(this.header);
    this.header.length = 0;
  }
}

function headerLength(header: readonly number[]): number {
  if (header.length < 2) return 2;
  const short = header[1] & 0x7f;
  const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
  const mask = header[1] & 0x80 ? 4 : 0;
  return 2 + extended + mask;
}

function payloadLength(header: readonly number[]): number {
  const short = header[1] & 0x7f;
  if (short < 126) return short;
  return header.slice(2, short === 126 ? 4 : 10).reduce((length, byte) => length * 256 + byte, 0);
}
