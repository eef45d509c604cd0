import type { Migration } from '../../lib/data/database/migrations/migration';
import { type Connecting, connection } from './connection';
import { ensureExtension, type Extension } from './extension';
import { Ledger } from './ledger';
import { exclusively } from './lock';
import { migrate } from './migrate';
import { isRollback, planOf } from './plan';
import { ensurePrivileges } from './privileges';
import { ensureRoles } from './roles';
import { type Log, type Session, transaction } from './session';

export interface Request {
  /** The same for every try of one deployment. */
  readonly deployment: string;
  readonly migrations: readonly Migration[];
}

export interface Dependencies extends Connecting {
  readonly extension: Extension;
  readonly log: Log;
  /** How long to wait for a table at a time. */
  readonly lockMs?: number;
  /** Starts what applies the long migrations that are left; they are noted in the ledger by then. */
  readonly startLong: (migrations: readonly Migration[]) => Promise<void>;
}

export interface Outcome {
  /** What was changed, a line each; nothing when all was as it should be. */
  readonly changes: readonly string[];
  readonly rolledBack: boolean;
}

/** Brings a database to what an app needs of it: extension, roles, schema, tables. It may be repeated, alone or beside itself. */
export async function bootstrap(request: Request, dependencies: Dependencies): Promise<Outcome> {
  const session = await connection(dependencies);
  try {
    // Before anybody is waited for: while a long migration runs, a rollback has to succeed, and what needs its end has to say so.
    if (await rolledBack(session, request, dependencies.log)) return { changes: [], rolledBack: true };
    const changes = await exclusively(session, dependencies, () => bringUp(session, request, dependencies));
    return { changes, rolledBack: false };
  } finally {
    await session.close();
  }
}

async function rolledBack(session: Session, { deployment, migrations }: Request, log: Log): Promise<boolean> {
  const ledger = new Ledger(session);
  if (!(await ledger.exists())) return false;
  const entries = await ledger.entries();
  if (!isRollback(migrations, { entries })) {
    planOf(migrations, { entries, lastDeployment: await ledger.lastDeployment(deployment) });
    return false;
  }
  const more = entries.map(({ version }) => version).filter((version) => !migrations.some((migration) => migration.version === version));
  log({ event: 'rolled-back', keeps: more });
  await ledger.finish({ id: deployment, versions: migrations.map(({ version }) => version) });
  return true;
}

async function bringUp(session: Session, { deployment, migrations }: Request, dependencies: Dependencies): Promise<string[]> {
  const { log, extension, startLong } = dependencies;
  const ledger = new Ledger(session);
  const changes: string[] = [];
  const changed = (lines: readonly string[]) => {
    for (const change of lines) log({ event: 'changed', change });
    changes.push(...lines);
  };
  changed(await ensureExtension(session, extension));
  changed(
    await transaction(session, async () => {
      const roles = await ensureRoles(session);
      return [...roles, ...(await ledger.create()), ...(await ensurePrivileges(session))];
    }),
  );
  const entries = await ledger.entries();
  const { now, later } = planOf(migrations, { entries, lastDeployment: await ledger.lastDeployment(deployment) });
  for (const migration of now) {
    await migrate(migration, { ...dependencies, session });
    changed([`applied ${migration.file}`]);
  }
  for (const migration of later) await ledger.note(migration);
  if (later.length > 0) {
    await startLong(later);
    changed(later.map(({ file }) => `started ${file}`));
  }
  await ledger.finish({ id: deployment, versions: migrations.map(({ version }) => version) });
  return changes;
}
