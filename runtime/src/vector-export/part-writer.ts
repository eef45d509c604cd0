import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Part } from './manifest';
import type { ExportSink } from './store';

/** Uncompressed: what a part is held of in memory while it is made, and while it is read again. */
export const PART_BYTES = 8 * 1024 * 1024;

/** Floats in digits compress to under a half at any level; this one costs a third of the time of the default. */
const LEVEL = 2;

const compress = promisify(gzip);

/** Cuts lines into parts. A part's name holds its checksum, so that two exports of one day never write into each other. */
export class PartWriter {
  readonly parts: Part[] = [];
  rows = 0;
  private lines: string[] = [];
  private bytes = 0;

  constructor(
    private readonly sink: ExportSink,
    private readonly folder: string,
    private readonly partBytes: number,
  ) {}

  async add(line: string): Promise<void> {
    this.lines.push(line);
    this.bytes += Buffer.byteLength(line) + 1;
    if (this.bytes >= this.partBytes) await this.flush();
  }

  async end(): Promise<{ readonly rows: number; readonly parts: readonly Part[] }> {
    if (this.lines.length > 0) await this.flush();
    return { rows: this.rows, parts: this.parts };
  }

  private async flush(): Promise<void> {
    const { lines, bytes } = this;
    [this.lines, this.bytes] = [[], 0];
    const body = await compress(`${lines.join('\n')}\n`, { level: LEVEL });
    const sha256 = createHash('sha256').update(body).digest('hex');
    const name = `${this.folder}/${String(this.parts.length).padStart(5, '0')}-${sha256.slice(0, 16)}.ndjson.gz`;
    await this.sink.put(name, body);
    this.parts.push({ name, rows: lines.length, sha256, bytes });
    this.rows += lines.length;
  }
}
