import { write } from 'node:fs';

/** Writes bytes to the log; tells how many went. */
export type Sink = (bytes: Buffer, done: (error: NodeJS.ErrnoException | null, written: number) => void) => void;

const GATHER_MS = 50;
const RETRY_MS = 50;
const BLOCK_BYTES = 256 * 1024;
const MAX_BLOCKS = 16;
/** The most bytes that UTF-8 makes of one UTF-16 unit. */
const UTF8_GROWTH = 3;

/** Standard output without its blocking: process.stdout writes to a pipe synchronously, and a slow reader would stop the proxy. */
export const standardOutput: Sink = (bytes, done) => write(1, bytes, done);

/** Gathers log lines in blocks and writes them in the background. When the reader falls 4 MB behind, lines are dropped and counted. */
export class LineWriter {
  private block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  private used = 0;
  /** Where the part of the block begins that was not handed to the sink. */
  private from = 0;
  private readonly full: Buffer[] = [];
  private writing = false;
  private droppedLines = 0;
  private toldDropped = 0;
  private flushed: (() => void)[] = [];

  constructor(
    private readonly sink: Sink,
    private readonly tellDropped: (lines: number) => void = () => {},
  ) {}

  /** Lines dropped so far. */
  get dropped(): number {
    return this.droppedLines;
  }

  readonly write = (line: string): void => {
    if (this.used + line.length * UTF8_GROWTH > BLOCK_BYTES && !this.turnBlock(line)) {
      this.droppedLines += 1;
      return;
    }
    this.used += this.block.write(line, this.used);
    if (this.writing) return;
    this.writing = true;
    setTimeout(() => this.next(), GATHER_MS);
  };

  /** Resolves when everything written so far is out. */
  flush(): Promise<void> {
    if (!this.writing) return Promise.resolve();
    return new Promise((resolve) => {
      this.flushed.push(resolve);
    });
  }

  private turnBlock(line: string): boolean {
    if (this.full.length >= MAX_BLOCKS || line.length * UTF8_GROWTH > BLOCK_BYTES) return false;
    this.full.push(this.block.subarray(this.from, this.used));
    this.block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.used = 0;
    this.from = 0;
    return true;
  }

  private next(): void {
    const bytes = this.full.shift() ?? this.block.subarray(this.from, this.used);
    if (bytes.length === 0) {
      this.writing = false;
      for (const resolve of this.flushed.splice(0)) resolve();
      return;
    }
    if (bytes.buffer === this.block.buffer) this.from = this.used;
    this.send(bytes);
    this.tellNewlyDropped();
  }

  private tellNewlyDropped(): void {
    const lines = this.droppedLines - this.toldDropped;
    if (lines === 0 || this.full.length >= MAX_BLOCKS) return;
    this.toldDropped = this.droppedLines;
    this.tellDropped(lines);
  }

  private send(bytes: Buffer): void {
    this.sink(bytes, (error, written) => {
      if (error?.code === 'EAGAIN') setTimeout(() => this.send(bytes), RETRY_MS);
      else if (error === null && written < bytes.length) this.send(bytes.subarray(written));
      else setTimeout(() => this.next(), this.full.length > 0 ? 0 : GATHER_MS);
    });
  }
}
