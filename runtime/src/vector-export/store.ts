import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Where an export is written to: names with slashes between, such as `categories/00000-….ndjson.gz`. */
export interface ExportSink {
  has(name: string): Promise<boolean>;
  put(name: string, body: Buffer): Promise<void>;
}

export interface ExportSource {
  /** Undefined when there is nothing of that name. */
  read(name: string): Promise<Buffer | undefined>;
}

/** An export in a folder. */
export class FolderStore implements ExportSink, ExportSource {
  constructor(private readonly directory: string) {}

  async has(name: string): Promise<boolean> {
    return (await absentAs(false, stat(join(this.directory, name)))) !== false;
  }

  /** Under another name first: what has the name is whole. */
  async put(name: string, body: Buffer): Promise<void> {
    const path = join(this.directory, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.partial`, body);
    await rename(`${path}.partial`, path);
  }

  read(name: string): Promise<Buffer | undefined> {
    return absentAs(undefined, readFile(join(this.directory, name)));
  }
}

async function absentAs<T, A>(absent: A, found: Promise<T>): Promise<T | A> {
  try {
    return await found;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return absent;
    throw error;
  }
}
