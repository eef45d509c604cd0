import type { Migration } from '../../lib/data/database/migrations/migration';
import { type Connecting, connection } from './connection';
import { Ledger } from './ledger';
import { exclusively } from './lock';
import { migrate } from './migrate';
import type { Log, Session } from './session';

export interface Dependencies extends Connecting {
  readonly log: Log;
}

/**
 * Applies the long migrations that a deployment has noted, one after the other and as long as it takes. It may be repeated and killed at
 * any moment. One whose text a later deployment has corrected is left to the task of that deployment.
 */
export async function applyLong(migrations: readonly Migration[], dependencies: Dependencies): Promise<readonly string[]> {
  const session = await connection(dependencies);
  try {
    return await exclusively(session, dependencies, async () => {
      const pending = await noted(migrations, session);
      for (const migration of pending) await apply(migration, session, dependencies);
      dependencies.log({ event: 'long-migrations-finished', applied: pending.length });
      return pending.map(({ file }) => file);
    });
  } finally {
    await session.close();
  }
}

async function noted(migrations: readonly Migration[], session: Session): Promise<Migration[]> {
  const entries = await new Ledger(session).entries();
  return migrations.filter(({ kind, version, checksum }) => {
    return kind === 'long' && entries.some((entry) => entry.version === version && entry.checksum === checksum && !entry.applied);
  });
}

async function apply(migration: Migration, session: Session, { clock, log }: Dependencies): Promise<void> {
  const { file, statements } = migration;
  const start = clock.now();
  log({ event: 'long-migration-began', file, statements: statements.length });
  await migrate(migration, { session, clock, progress: (done) => log({ event: 'long-migration-progress', file, done }) });
  log({ event: 'long-migration-applied', file, seconds: Math.round((clock.now() - start) / 1000) });
}
