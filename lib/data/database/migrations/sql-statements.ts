/**
 * A piece of SQL that is neither space nor comment.
 * @internal
 */
export interface SqlToken {
  readonly kind: 'word' | 'quoted' | 'literal' | 'symbol';
  /** Words in capitals, everything else as it is written. */
  readonly text: string;
  /** Where it starts and ends in the text of its statement's source. */
  readonly start: number;
  readonly end: number;
}

/** @internal */
export interface SqlStatement {
  /** Without the semicolon, and without what stands before its first token. */
  readonly text: string;
  /** The line of its first token, from 1. */
  readonly line: number;
  readonly tokens: readonly SqlToken[];
}

interface Scanned {
  readonly end: number;
  /** None for what separates tokens. */
  readonly kind?: SqlToken['kind'];
}

const SPACE = /\s+/y;
const LINE_COMMENT = /--[^\n]*/y;
const WORD = /[a-z_\u0080-\uffff][\w$\u0080-\uffff]*/iy;
const NUMBER = /\d[\w.]*/y;
const PARAMETER = /\$\d+/y;
const DOLLAR_QUOTE = /\$(?:[a-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/iy;
const QUOTED = /"(?:[^"]|"")*"/y;
const STRING = /(?:u&|[bxn])?'(?:[^']|'')*'/iy;
const ESCAPE_STRING = /e'(?:[^'\\]|\\[^]|'')*'/iy;

/**
 * The statements of an SQL text, as PostgreSQL would part them: quotes, dollar quotes, nested comments and bodies of functions are whole.
 * What is never closed is an error that names its line.
 * @internal
 */
export function statementsOf(sql: string): SqlStatement[] {
  const statements: SqlStatement[] = [];
  let tokens: SqlToken[] = [];
  const finish = () => {
    if (tokens.length > 0) statements.push(statementOf(sql, tokens));
    tokens = [];
  };
  const depth = new Depth();
  for (const token of tokensOf(sql)) {
    if (token.kind === 'symbol' && token.text === ';' && depth.isOutermost) {
      finish();
      depth.reset();
      continue;
    }
    depth.see(token, tokens.at(-1));
    tokens.push(token);
  }
  finish();
  return statements;
}

/**
 * A statement for a message: one line, without the values in it, of 160 characters at most.
 * @internal
 */
export function shortened({ tokens }: SqlStatement): string {
  const LONGEST = 160;
  const line = tokens.map(({ kind, text }) => (kind === 'literal' ? '?' : text)).join(' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

/** Where a semicolon does not end a statement: in parentheses, and in a body that starts with BEGIN ATOMIC. */
class Depth {
  private parentheses = 0;
  private bodies = 0;

  get isOutermost(): boolean {
    return this.parentheses === 0 && this.bodies === 0;
  }

  see({ kind, text }: SqlToken, before: SqlToken | undefined): void {
    if (kind === 'symbol') this.parentheses = Math.max(0, this.parentheses + ({ '(': 1, ')': -1 }[text] ?? 0));
    if (kind !== 'word') return;
    const opens = (text === 'ATOMIC' && before?.text === 'BEGIN') || (text === 'CASE' && this.bodies > 0 && before?.text !== 'END');
    if (opens) this.bodies += 1;
    if (text === 'END' && this.bodies > 0) this.bodies -= 1;
  }

  reset(): void {
    this.parentheses = 0;
    this.bodies = 0;
  }
}

function statementOf(sql: string, tokens: readonly SqlToken[]): SqlStatement {
  const [{ start }] = tokens;
  const { end } = tokens[tokens.length - 1];
  return { text: sql.slice(start, end), line: lineAt(sql, start), tokens };
}

function* tokensOf(sql: string): Generator<SqlToken> {
  for (let start = 0; start < sql.length;) {
    const { end, kind } = scan(sql, start);
    const text = sql.slice(start, end);
    if (kind) yield { kind, text: kind === 'word' ? text.toUpperCase() : text, start, end };
    start = end;
  }
}

function scan(sql: string, at: number): Scanned {
  const space = match(SPACE, sql, at) ?? match(LINE_COMMENT, sql, at);
  if (space) return { end: space };
  if (sql.startsWith('/*', at)) return { end: endOfComment(sql, at) };
  // Before words, as the letter in front belongs to it.
  const literal = match(ESCAPE_STRING, sql, at) ?? match(STRING, sql, at);
  if (literal) return { end: literal, kind: 'literal' };
  const quoted = match(QUOTED, sql, at);
  if (quoted) return { end: quoted, kind: 'quoted' };
  const quote = match(DOLLAR_QUOTE, sql, at);
  if (quote) return { end: endOfDollarQuote(sql, at, sql.slice(at, quote)), kind: 'literal' };
  const number = match(NUMBER, sql, at) ?? match(PARAMETER, sql, at);
  if (number) return { end: number, kind: 'literal' };
  const word = match(WORD, sql, at);
  if (word) return { end: word, kind: 'word' };
  if (sql[at] === "'" || sql[at] === '"') throw unclosed(sql, at, sql[at]);
  return { end: at + 1, kind: 'symbol' };
}

function match(pattern: RegExp, sql: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(sql) ? pattern.lastIndex : undefined;
}

/** Unlike C's, these nest. */
function endOfComment(sql: string, start: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = start;
  let open = 0;
  for (let found = edge.exec(sql); found; found = edge.exec(sql)) {
    open += found[0] === '/*' ? 1 : -1;
    if (open === 0) return edge.lastIndex;
  }
  throw unclosed(sql, start, '/*');
}

function endOfDollarQuote(sql: string, start: number, quote: string): number {
  const end = sql.indexOf(quote, start + quote.length);
  if (end < 0) throw unclosed(sql, start, quote);
  return end + quote.length;
}

function unclosed(sql: string, at: number, what: string): Error {
  return new Error(`line ${lineAt(sql, at)}: ${what} must be closed, got the end of the file; close it`);
}

function lineAt(sql: string, at: number): number {
  return sql.slice(0, at).split('\n').length;
}
