import { rmSync } from 'node:fs';
import { Backend } from './backend';
import { openPostgres } from './open';
import { PostgresServer } from './server';

/** What the local run tells this process on its standard input. */
export interface DatabaseSettings {
  readonly data: string;
  /** Whether the data goes when the process ends. */
  readonly temporary: boolean;
  readonly database: string;
  /** The administrator's name. */
  readonly administrator: string;
}

async function main(): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  const settings: DatabaseSettings = JSON.parse(Buffer.concat(parts).toString());
  const postgres = await openPostgres(settings);
  const server = new PostgresServer(new Backend(postgres), postgres, (message) => tell({ level: 'WARN', message }));
  const port = await server.listen();
  process.on('SIGTERM', () => {
    void postgres.close().finally(() => {
      if (settings.temporary) rmSync(settings.data, { recursive: true, force: true });
      process.exit(0);
    });
  });
  // Last: whoever reads it may stop this at once.
  tell({ level: 'INFO', message: 'listening', port, version: postgres.version });
}

function tell(line: { readonly [name: string]: unknown }): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

main().catch((error: unknown) => {
  tell({ level: 'ERROR', message: error instanceof Error ? error.message : String(error) });
  process.exit(1);
});
