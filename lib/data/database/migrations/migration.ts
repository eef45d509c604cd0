import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { concurrentIndex, incompatibilities, type MigrationKind, neverAllowed, runsAlone } from './sql-rules';
import { type SqlStatement, statementsOf } from './sql-statements';

/** @internal */
export interface Migration {
  /** Its file. */
  readonly file: string;
  /** Four digits. */
  readonly version: string;
  readonly name: string;
  readonly kind: MigrationKind;
  /** SHA-256 of its text. */
  readonly checksum: string;
  /** The versions whose old forms a contract takes away. */
  readonly contracts: readonly string[];
  readonly statements: readonly SqlStatement[];
  /** Whether it runs in one transaction with its row in the ledger. */
  readonly transactional: boolean;
}

const FILE = /^(\d{4})-([a-z0-9]+(?:-[a-z0-9]+)*)\.(expand|contract|long)\.sql$/;
const HEADER = /^(?:\s*--[^\n]*\n)*?\s*--\s*contracts:([^\n]*)/;

/**
 * The migrations of a folder in their order; every fault of the folder is one error. Files that do not end in `.sql` are none of it.
 * @internal
 */
export function readMigrations(directory: string): Migration[] {
  const files = readdirSync(directory).filter((file) => file.endsWith('.sql'));
  return migrationsOf(files.toSorted().map((file) => ({ file, text: readFileSync(join(directory, file), 'utf8') })));
}

/** @internal */
export function migrationsOf(files: readonly { readonly file: string; readonly text: string }[]): Migration[] {
  const faults: string[] = [];
  const migrations = files.flatMap(({ file, text }) => {
    try {
      return [migrationOf(file, text)];
    } catch (error) {
      faults.push((error as Error).message);
      return [];
    }
  });
  faults.push(...migrations.flatMap((migration, index) => faultsOf(migration, migrations.slice(0, index))));
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return migrations;
}

function migrationOf(file: string, text: string): Migration {
  const [, version, name, kind] = FILE.exec(file) ?? [];
  if (!version) {
    throw new Error(`${file}: name must be NNNN-name.kind.sql with kind expand, contract or long, got ${file}; rename the file`);
  }
  let statements: readonly SqlStatement[];
  try {
    statements = statementsOf(text);
  } catch (error) {
    throw new Error(`${file}, ${(error as Error).message}`, { cause: error });
  }
  const contracts = HEADER.exec(text)?.[1].split(',') ?? [];
  return {
    file,
    version,
    name,
    kind: kind as MigrationKind,
    // A checkout with other line ends is the same migration.
    checksum: createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex'),
    contracts: contracts.map((given) => given.trim()),
    statements,
    transactional: kind !== 'long' && !statements.some(runsAlone),
  };
}

function faultsOf(migration: Migration, before: readonly Migration[]): string[] {
  const { file, version, kind, statements } = migration;
  const at = (line: number, fault: string) => `${file}, line ${line}: ${fault}`;
  const twin = before.find((other) => other.version === version);
  return [
    ...(twin ? [`${file}: version must be used once, got ${version} in ${twin.file} too; give it the next number`] : []),
    ...(statements.length === 0 ? [`${file}: statements must be one at least, got none; write one or delete the file`] : []),
    ...statements.flatMap((statement) => {
      const fault = neverAllowed(statement);
      if (fault) return [at(statement.line, fault)];
      if (concurrentIndex(statement) !== '') return [];
      return [at(statement.line, 'an index that is built CONCURRENTLY must have a name, got none; name it')];
    }),
    ...incompatibilities(statements, kind).map(({ line, fault }) => at(line, fault)),
    ...faultsOfMixture(migration, at),
    ...faultsOfHeader(migration, before),
  ];
}

/** Half of such a file would stay if the other failed. */
function faultsOfMixture({ kind, statements }: Migration, at: (line: number, fault: string) => string): string[] {
  if (kind === 'long' || statements.every(runsAlone)) return [];
  const alone = statements.find(runsAlone);
  return alone ? [at(alone.line, 'a statement that runs in no transaction must be in a file without others; give it its own')] : [];
}

function faultsOfHeader({ file, kind, contracts }: Migration, before: readonly Migration[]): string[] {
  if (kind !== 'contract') {
    return contracts.length > 0 ? [`${file}: contracts must be said by contract migrations alone, got ${kind}; remove the line`] : [];
  }
  if (contracts.length === 0) {
    return [`${file}: contracts must name the migrations it completes, got none; begin the file with "-- contracts: NNNN"`];
  }
  return contracts
    .filter((version) => !before.some((other) => other.version === version && other.kind !== 'contract'))
    .map((version) => `${file}: contracts must name earlier expand or long migrations, got ${version}; correct the number`);
}
