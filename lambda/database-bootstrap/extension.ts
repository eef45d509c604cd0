import { identifier, runAll, type Session } from './session';

/** An extension and the least version of it. */
export interface Extension {
  readonly name: string;
  readonly minimum: string;
}

/** Iterative scans, without which a filtered search finds too few rows, came with 0.8.0. */
export const VECTOR: Extension = { name: 'vector', minimum: '0.8.0' };

export interface ExtensionState {
  /** The version that the server makes or updates to; none when it does not have the extension. */
  readonly available?: string;
  /** The version in this database. */
  readonly installed?: string;
}

/** The statement that brings an extension to where it should be, if it takes one. */
export function extensionStatement({ name, minimum }: Extension, { available, installed }: ExtensionState): string | undefined {
  const fault = (got: string, change: string) => new Error(`extension ${name} must be at least ${minimum}, got ${got}; ${change}`);
  if (!available) throw fault('none on the server', 'use an engine version that has it');
  const isNewer = !installed || compareVersions(available, installed) > 0;
  const result = isNewer ? available : installed;
  if (compareVersions(result, minimum) < 0) {
    throw fault(`${installed ?? 'none'} installed and ${available} on the server`, 'upgrade the engine');
  }
  if (!installed) return `CREATE EXTENSION ${identifier(name)} SCHEMA public`;
  return isNewer ? `ALTER EXTENSION ${identifier(name)} UPDATE` : undefined;
}

/** Creates or updates it, and looks at what came of it. */
export async function ensureExtension(session: Session, extension: Extension): Promise<string[]> {
  const before = await stateOf(session, extension);
  const statement = extensionStatement(extension, before);
  if (!statement) return [];
  await runAll(session, [statement]);
  const after = await stateOf(session, extension);
  if (extensionStatement(extension, after) !== undefined) {
    throw new Error(
      `extension ${extension.name} must be ${after.available} after an update, got ${after.installed ?? 'none'}; update it by hand`,
    );
  }
  return [`extension ${extension.name} ${before.installed ?? 'none'} -> ${after.installed}`];
}

async function stateOf(session: Session, { name }: Extension): Promise<ExtensionState> {
  const [state] = await session.query<{ available: string; installed: string | null }>(
    'SELECT default_version AS available, installed_version AS installed FROM pg_available_extensions WHERE name = $1',
    [name],
  );
  return { available: state?.available, installed: state?.installed ?? undefined };
}

function compareVersions(one: string, other: string): number {
  const [left, right] = [one, other].map((version) => version.split('.').map((part) => Number.parseInt(part, 10) || 0));
  const length = Math.max(left.length, right.length);
  return Array.from({ length }, (_, index) => (left[index] ?? 0) - (right[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}
