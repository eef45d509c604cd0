import type { Migration } from '../../lib/data/database/migrations/migration';
import type { Deployment, Entry } from './ledger';

export interface Known {
  readonly entries: readonly Entry[];
  /** None before the first run has finished: nobody uses the database yet. */
  readonly lastDeployment?: Deployment;
}

export interface Plan {
  /** What this run applies, in this order. */
  readonly now: readonly Migration[];
  /** What a task applies afterwards. */
  readonly later: readonly Migration[];
}

/**
 * Whether the database is further than the folder, by nothing but more: a deployment was rolled back to an older list. What is there
 * was made to be compatible with that.
 */
export function isRollback(migrations: readonly Migration[], { entries }: Pick<Known, 'entries'>): boolean {
  const known = new Map(entries.map((entry) => [entry.version, entry]));
  const unchanged = migrations.every(({ version, checksum }) => known.get(version)?.checksum === checksum);
  return unchanged && entries.length > migrations.length;
}

/** What there is to do. Everything that forbids it is one error, before anything was done. */
export function planOf(migrations: readonly Migration[], known: Known): Plan {
  const applied = new Set(known.entries.filter((entry) => entry.applied).map(({ version }) => version));
  const pending = migrations.filter(({ version }) => !applied.has(version));
  const faults = [...changed(migrations, known), ...missing(migrations, known), ...late(pending, known), ...early(pending, applied, known)];
  if (faults.length > 0) throw new Error(faults.join('\n'));
  // On a database that nobody uses, nothing takes long, and what comes after a long one may need it.
  const isLater = ({ kind }: Migration) => kind === 'long' && known.lastDeployment !== undefined;
  return { now: pending.filter((migration) => !isLater(migration)), later: pending.filter(isLater) };
}

function changed(migrations: readonly Migration[], { entries }: Known): string[] {
  return entries.flatMap((entry) => {
    const migration = migrations.find(({ version }) => version === entry.version);
    if (!migration || !entry.applied || migration.checksum === entry.checksum) return [];
    return [`${migration.file}: text must be as it was applied, got another; restore it, and put the change into a new migration`];
  });
}

function missing(migrations: readonly Migration[], { entries }: Known): string[] {
  return entries
    .filter(({ version }) => !migrations.some((migration) => migration.version === version))
    .map(({ version, name, kind }) => {
      return `${version}-${name}.${kind}.sql: file must be in the folder as the database has it, got none; bring it back`;
    });
}

function late(pending: readonly Migration[], { entries }: Known): string[] {
  const last = entries.filter(({ applied, kind }) => applied && kind !== 'long').at(-1)?.version ?? '';
  return pending
    .filter(({ version, kind }) => kind !== 'long' && version < last && !entries.some((entry) => entry.version === version))
    .map(({ file }) => `${file}: version must be after ${last}, which is applied, got an earlier one; give it the next number`);
}

/** An app that needs the old form may run until the deployment after the one that brought the new form has begun. */
function early(pending: readonly Migration[], applied: ReadonlySet<string>, { lastDeployment }: Known): string[] {
  if (!lastDeployment) return [];
  return pending
    .filter(({ kind }) => kind === 'contract')
    .flatMap(({ file, contracts }) =>
      contracts.flatMap((version) => {
        if (!lastDeployment.versions.includes(version)) {
          return [`${file}: ${version} must come with an earlier deployment, got it with this one; deploy without ${file} first`];
        }
        if (applied.has(version)) return [];
        return [`${file}: long migration ${version} must be finished, got one that is not; read the log of its task, then deploy again`];
      }),
    );
}
