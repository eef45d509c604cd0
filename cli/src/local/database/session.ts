import { sqlOf, type ClientMessage } from './wire';

/** What a session changes for itself, and what changes it for this transaction alone. */
const SETS = /^\s*(?:set|reset)\s+(?!local\b|transaction\b|constraints\b)[^;]+;?\s*$/i;

const literal = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** One client: who it logged in as, and the settings that are its own. */
export class Session {
  /** The prefix of its prepared statements. */
  readonly prefix: string;
  /** Whether the client is gone. */
  closed = false;
  private readonly changes: string[] = [];

  constructor(
    readonly id: number,
    private readonly user: string,
    /** As its login begins: of its role, then of the connection. */
    private readonly settings: ReadonlyMap<string, string>,
  ) {
    this.prefix = `session_${id}_`;
  }

  /** Notes what outlives the statement. */
  note(message: ClientMessage): void {
    const sql = sqlOf(message);
    if (sql !== undefined && SETS.test(sql)) this.changes.push(sql.replace(/;\s*$/, ''));
  }

  /** Makes the one backend this session's: whoever had it before leaves nothing behind. */
  get takeOver(): string {
    const configure = [...this.settings].map(([name, value]) => `SELECT set_config(${literal(name)}, ${literal(value)}, false)`);
    const become = `SET SESSION AUTHORIZATION ${literal(this.user)}`;
    return ['SET SESSION AUTHORIZATION postgres', 'RESET ALL', ...configure, become, ...this.changes].join('; ');
  }
}

/** The settings that a client asks for as it connects; timeouts need signals, which this backend has none of. */
export function requestedSettings(parameters: ReadonlyMap<string, string>): Map<string, string> {
  const inOptions = [...(parameters.get('options') ?? '').matchAll(/-c\s*([\w.]+)=((?:\\.|\S)*)/g)];
  const pairs = [...parameters, ...inOptions.map(([, name, value]) => [name, value.replaceAll(/\\(.)/g, '$1')] as const)];
  return new Map(pairs.filter(([name]) => !['user', 'database', 'options', 'replication'].includes(name) && !name.endsWith('_timeout')));
}
