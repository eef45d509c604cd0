import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Misuse } from '../command';

/** A folder that outlives the run, in use by one run at a time. */
export class DataFolder {
  readonly database: string;
  readonly secrets: string;
  readonly tables: string;
  readonly masterKey: string;
  private readonly lock: string;

  constructor(private readonly path: string) {
    this.database = join(path, 'database');
    this.secrets = join(path, 'secrets.json');
    this.tables = join(path, 'tables');
    this.masterKey = join(path, 'kms-master-key');
    this.lock = join(path, 'in-use-by');
  }

  /** Two servers on one folder would destroy each other's data. */
  take(): void {
    mkdirSync(this.path, { recursive: true });
    const holder = existsSync(this.lock) ? Number(readFileSync(this.lock, 'utf8')) : undefined;
    if (holder !== undefined && isAlive(holder)) {
      throw new Misuse(
        `plinth local: --data must be a folder that no other run uses, got ${this.path}, in use by process ${holder}; end that first`,
      );
    }
    writeFileSync(this.lock, String(process.pid));
  }

  release(): void {
    rmSync(this.lock, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
