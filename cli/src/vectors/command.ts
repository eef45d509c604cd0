import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Database } from 'plinth-runtime/database';
import type { ExportSource } from 'plinth-runtime/vector-export';
import { type Arguments, type Command, type CommandContext, type ExitCode, Misuse } from '../command';
import { SourceFault } from './source-fault';

/** What the command works on; loaded when it runs, as no other command needs it. */
export interface Dependencies {
  readonly bucket: (name: string, prefix: string) => Promise<ExportSource>;
}

const S3 = /^s3:\/\/([^/]+)\/?(.*?)\/?$/;
const TABLE = /^[a-z_][a-z0-9_]*$/;

/** Brings vector tables back from an export. */
export function vectorsCommand(dependencies: Dependencies): Command {
  return {
    name: 'vectors',
    summary: 'Brings a vector table back from a daily export: `plinth vectors restore`. The database is the one of DATABASE_*.',
    positionals: ['restore'],
    flags: {
      from: { value: 'DIR|s3://…', description: 'the export of a day, such as s3://bucket/exports/2026-03-04' },
      table: { value: 'NAME', description: 'the table, in the schema app; its migration has made it' },
      replace: { description: 'lose the rows that are in the table; without, it must be empty' },
    },
    async run(args, context) {
      const [action] = args.positionals;
      if (action !== 'restore') throw new Misuse(`plinth vectors: the action must be restore, got ${action ?? 'nothing'}`);
      const table = required(args, 'table');
      if (!TABLE.test(table)) throw new Misuse(`plinth vectors: --table must be a-z, 0-9 and _, got ${table}`);
      return restore(table, await sourceOf(required(args, 'from'), context, dependencies), args, context);
    },
  };
}

async function restore(table: string, source: ExportSource, { switches }: Arguments, context: CommandContext): Promise<ExitCode> {
  const json = switches.has('json');
  const { restoreVectors, VectorExportError } = await import('plinth-runtime/vector-export');
  const { DatabaseError } = await import('plinth-runtime/database');
  const database = await open(context);
  try {
    const report = json ? undefined : context.out;
    const restored = await restoreVectors({ database, source, table, replace: switches.has('replace'), report });
    const built = restored.indexes.join(', ') || 'no index';
    context.out(
      json ? JSON.stringify(restored, undefined, 2) : `${table}: restored, ${restored.rows} rows of ${restored.date}, ${built} built`,
    );
    return 0;
  } catch (error) {
    if (!(error instanceof VectorExportError || error instanceof DatabaseError || error instanceof SourceFault)) throw error;
    const { code, message } = error;
    context.out(json ? JSON.stringify({ error: { code, message } }, undefined, 2) : `plinth vectors: ${message}`);
    return 1;
  } finally {
    await database.close();
  }
}

/** An index takes longer to build than any statement of an app may. */
const STATEMENT_TIMEOUT_MS = 6 * 60 * 60 * 1000;

async function open({ environment }: CommandContext): Promise<Database> {
  const { Database: Opened, databaseConfig, DatabaseConfigError } = await import('plinth-runtime/database');
  try {
    const config = databaseConfig({ ...environment, DATABASE_POOL_MAX: '1' });
    return Opened.open({ ...config, statementTimeoutMs: STATEMENT_TIMEOUT_MS });
  } catch (error) {
    if (error instanceof DatabaseConfigError) throw new Misuse(`plinth vectors: ${error.message}`);
    throw error;
  }
}

async function sourceOf(from: string, { directory }: CommandContext, { bucket }: Dependencies): Promise<ExportSource> {
  const [, name, prefix] = S3.exec(from) ?? [];
  if (name !== undefined) return bucket(name, prefix);
  const path = resolve(directory, from);
  if (!existsSync(path)) throw new Misuse(`plinth vectors: --from must be a folder or s3://bucket/prefix, got ${from}; it is not there`);
  const { FolderStore } = await import('plinth-runtime/vector-export');
  return new FolderStore(path);
}

function required({ values }: Arguments, flag: string): string {
  const value = values.get(flag);
  if (value === undefined) throw new Misuse(`plinth vectors: --${flag} must be given, got nothing`);
  return value;
}
