import type { SqlStatement, SqlToken } from './sql-statements';

/** @internal */
export type MigrationKind = 'expand' | 'contract' | 'long';

/** Who runs migrations opens the transactions, says who owns what is made, and sends nothing but statements. */
const NEVER = sequences(
  ['BEGIN', 'START TRANSACTION', 'COMMIT', 'END', 'ROLLBACK', 'ABORT', 'SAVEPOINT', 'RELEASE', 'PREPARE TRANSACTION'],
  ['SET ROLE', 'SET SESSION', 'SET LOCAL ROLE', 'RESET', 'DISCARD', 'COPY', '\\'],
);

/** What may run in no transaction. */
const ALONE = sequences(
  ['VACUUM', 'ALTER SYSTEM', 'CREATE DATABASE', 'DROP DATABASE', 'CREATE TABLESPACE', 'DROP TABLESPACE'],
  ['CREATE SUBSCRIPTION', 'REINDEX DATABASE', 'REINDEX SYSTEM'],
);

const CONCURRENT = ['CREATE', 'DROP', 'REINDEX', 'ALTER'];

/** What takes something away from an app that does not know of it yet. */
const DESTRUCTIVE = ['DROP', 'TRUNCATE', 'DELETE', 'REVOKE'];

const ROUTINES = ['FUNCTION', 'PROCEDURE'];

const CONSTRAINTS = ['CONSTRAINT', 'CHECK', 'UNIQUE', 'PRIMARY', 'FOREIGN', 'EXCLUDE'];

/**
 * Why a statement may be in no migration at all.
 * @internal
 */
export function neverAllowed({ tokens }: SqlStatement): string | undefined {
  const words = NEVER.find((sequence) => startsWith(tokens, sequence));
  return words && `${words.join(' ')} must be in no migration; leave it out`;
}

/**
 * Whether a statement may run in no transaction.
 * @internal
 */
export function runsAlone({ tokens }: SqlStatement): boolean {
  if (ALONE.some((sequence) => startsWith(tokens, sequence))) return true;
  return CONCURRENT.includes(word(tokens[0])) && tokens.some((token) => word(token) === 'CONCURRENTLY');
}

/**
 * The name of the index that a statement builds beside writes; empty when it leaves that to the server.
 * @internal
 */
export function concurrentIndex({ tokens }: SqlStatement): string | undefined {
  const at = tokens.findIndex((token) => word(token) === 'CONCURRENTLY');
  if (at < 0 || !startsWith(tokens, ['CREATE']) || !tokens.slice(0, at).some((token) => word(token) === 'INDEX')) return undefined;
  const rest = skip(tokens.slice(at + 1), ['IF', 'NOT', 'EXISTS']);
  return word(rest[0]) === 'ON' ? '' : nameOf(rest[0]);
}

/**
 * Why statements of an expanding migration would break an app that was written before it; what a migration itself has made is nobody's yet.
 * @internal
 */
export function incompatibilities(statements: readonly SqlStatement[], kind: MigrationKind): { line: number; fault: string }[] {
  if (kind === 'contract') return [];
  const own = new Set<string>();
  return statements.flatMap((statement) => {
    const { tokens, line } = statement;
    // What OR REPLACE finds may be in use.
    if (startsWith(tokens, ['CREATE']) && !startsWith(tokens, ['CREATE', 'OR'])) remember(tokens, own);
    const faults = faultsOf(tokens, own).filter(({ constrains }) => kind === 'expand' || !constrains);
    return faults.map(({ what }) => ({ line, fault: `${what} must wait for a contract migration; the app that still runs may need it` }));
  });
}

interface Fault {
  readonly what: string;
  /** A rule for rows, which a long migration may add once the app keeps it. */
  readonly constrains?: boolean;
}

function faultsOf(tokens: readonly SqlToken[], own: ReadonlySet<string>): Fault[] {
  const [first, second] = tokens.map(word);
  if (first === 'REVOKE' && own.has(routineOfRevoke(tokens))) return [];
  if (DESTRUCTIVE.includes(first)) return [{ what: first === 'DROP' ? `DROP ${second}` : first }];
  if (first === 'DO') return [{ what: 'DO, which hides what it does,' }];
  if (first === 'CREATE' && second === 'UNIQUE')
    return own.has(tableOfIndex(tokens)) ? [] : [{ what: 'CREATE UNIQUE INDEX', constrains: true }];
  if (first !== 'ALTER') return [];
  if (second !== 'TABLE') return faultsOfObject(second, tokens.slice(2).map(word));
  const { table, actions } = alterTable(tokens);
  return own.has(table) ? [] : actions.flatMap(faultsOfAction);
}

/** Of anything but a table, whose name comes first. */
function faultsOfObject(object: string, words: readonly string[]): Fault[] {
  const joined = ` ${words.join(' ')} `;
  if (joined.includes(' RENAME ')) return [{ what: 'RENAME' }];
  if (joined.includes(' SET SCHEMA ')) return [{ what: 'SET SCHEMA' }];
  if (object === 'TYPE' && / (?:DROP|ALTER) ATTRIBUTE /.test(joined)) return [{ what: 'changing the attributes of a type' }];
  if (object === 'DOMAIN' && / (?:ADD|SET NOT NULL) /.test(joined)) return [{ what: 'a constraint of a domain', constrains: true }];
  return [];
}

function faultsOfAction(words: readonly string[]): Fault[] {
  const [verb, next] = words;
  if (verb === 'RENAME') return [{ what: 'RENAME' }];
  if (verb === 'SET' && next === 'SCHEMA') return [{ what: 'SET SCHEMA' }];
  if (verb === 'DROP') return next === 'CONSTRAINT' ? [] : [{ what: 'DROP COLUMN' }];
  if (verb === 'DETACH') return [{ what: 'DETACH PARTITION' }];
  if (['ENABLE', 'FORCE'].includes(verb) && next === 'ROW') return [{ what: 'ROW LEVEL SECURITY' }];
  if (verb === 'ALTER') return faultsOfColumn(words.slice(next === 'COLUMN' ? 3 : 2));
  if (verb === 'ADD') return CONSTRAINTS.includes(next) ? [{ what: 'ADD CONSTRAINT', constrains: true }] : faultsOfNewColumn(words);
  return [];
}

/** What is done to a column, without its name. */
function faultsOfColumn(words: readonly string[]): Fault[] {
  const [verb, next, last] = words;
  if (verb === 'TYPE' || (verb === 'SET' && next === 'DATA')) return [{ what: 'ALTER COLUMN TYPE' }];
  if (verb === 'SET' && next === 'NOT' && last === 'NULL') return [{ what: 'SET NOT NULL' }];
  return verb === 'DROP' && next !== 'NOT' ? [{ what: `DROP ${next}` }] : [];
}

function faultsOfNewColumn(words: readonly string[]): Fault[] {
  const joined = ` ${words.join(' ')} `;
  const required = joined.includes(' NOT NULL ') || joined.includes(' PRIMARY KEY ');
  const filled = / (?:DEFAULT|GENERATED|SERIAL|BIGSERIAL|SMALLSERIAL) /.test(joined);
  return required && !filled ? [{ what: 'a new column NOT NULL without a DEFAULT' }] : [];
}

/** The table, and the words of each action outside of parentheses. */
function alterTable(tokens: readonly SqlToken[]): { table: string; actions: string[][] } {
  const rest = skip(skip(tokens.slice(2), ['IF', 'EXISTS']), ['ONLY']);
  const { name, after } = qualifiedName(rest);
  const actions: string[][] = [[]];
  let depth = 0;
  for (const token of after) {
    depth += { '(': 1, ')': -1 }[token.text] ?? 0;
    if (depth === 0 && token.text === ',') actions.push([]);
    else if (depth === 0 && token.text !== ')') actions[actions.length - 1].push(word(token));
  }
  return { table: name, actions };
}

function remember(tokens: readonly SqlToken[], own: Set<string>): void {
  const at = tokens.findIndex((token) => ['TABLE', 'VIEW', ...ROUTINES].includes(word(token)));
  if (at > 0 && at <= 3) own.add(qualifiedName(skip(tokens.slice(at + 1), ['IF', 'NOT', 'EXISTS'])).name);
}

/** The one routine that a REVOKE is about; empty where it is about anything else, or about several. */
function routineOfRevoke(tokens: readonly SqlToken[]): string {
  const on = tokens.findIndex((token) => word(token) === 'ON');
  if (on < 0 || !ROUTINES.includes(word(tokens[on + 1]))) return '';
  const { name, after } = qualifiedName(tokens.slice(on + 2));
  const end = after.findIndex((token) => token.text === ')');
  return word(after[end + 1]) === 'FROM' ? name : '';
}

function tableOfIndex(tokens: readonly SqlToken[]): string {
  const on = tokens.findIndex((token) => word(token) === 'ON');
  return qualifiedName(skip(tokens.slice(on + 1), ['ONLY'])).name;
}

function qualifiedName(tokens: readonly SqlToken[]): { name: string; after: readonly SqlToken[] } {
  if (tokens[1]?.text === '.') return { name: nameOf(tokens[2]), after: tokens.slice(3) };
  return { name: nameOf(tokens[0]), after: tokens.slice(1) };
}

/** An identifier as the server folds it. */
function nameOf(token: SqlToken | undefined): string {
  if (token?.kind === 'quoted') return token.text.slice(1, -1).replaceAll('""', '"');
  return token?.text.toLowerCase() ?? '';
}

function skip(tokens: readonly SqlToken[], words: readonly string[]): readonly SqlToken[] {
  return startsWith(tokens, words) ? tokens.slice(words.length) : tokens;
}

function startsWith(tokens: readonly SqlToken[], words: readonly string[]): boolean {
  return words.every((text, index) => word(tokens[index]) === text);
}

/** What is not a keyword is never one: a quoted name, a literal. */
function word(token: SqlToken | undefined): string {
  return token?.kind === 'word' || token?.kind === 'symbol' ? token.text : '';
}

function sequences(...lists: readonly (readonly string[])[]): (readonly string[])[] {
  return lists.flat().map((words) => words.split(' '));
}
