/** What it takes to log in to a database, as its secret holds it. */
export interface Login {
  readonly host: string;
  readonly port: number;
  readonly dbname: string;
  readonly username: string;
  readonly password: string;
}

/** Reads a secret's value; faults name what is missing, and never show what is there. */
export function parseLogin(value: string): Login {
  const { engine, host, port, dbname, username, password } = fieldsOf(value);
  if (engine !== 'postgres') throw fault('engine', 'postgres');
  if (typeof host !== 'string' || host === '') throw fault('host', 'the name of a server');
  if (typeof username !== 'string' || username === '') throw fault('username', 'the name of a user');
  if (typeof password !== 'string' || password === '') throw fault('password', 'a password');
  if (typeof dbname !== 'string' || dbname === '') throw fault('dbname', 'the name of a database');
  const portNumber = Number(port);
  if (!Number.isInteger(portNumber) || portNumber < 1 || portNumber > 65_535) throw fault('port', '1 to 65535');
  return { host, port: portNumber, dbname, username, password };
}

/** The same secret with another password. */
export function withPassword(value: string, password: string): string {
  return JSON.stringify({ ...fieldsOf(value), password });
}

/** Whether two logins are of one user of one server. */
export function isSameUser(one: Login, other: Login): boolean {
  return one.host === other.host && one.port === other.port && one.username === other.username;
}

function fieldsOf(value: string): { readonly [name: string]: unknown } {
  let fields: unknown;
  try {
    fields = JSON.parse(value);
  } catch {
    // The parser's own message quotes what it read.
    throw new Error('the secret must be a JSON object, got something else; restore an earlier version of it');
  }
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw new Error('the secret must be a JSON object, got something else; restore an earlier version of it');
  }
  return { ...fields };
}

function fault(field: string, allowed: string): Error {
  return new Error(`${field} of the secret must be ${allowed}, got something else; correct the secret`);
}
