import { randomBytes, randomInt } from 'node:crypto';
import { PostgresDatabase } from '../../../lambda/database-rotation/database-postgres';
import type { Login } from '../../../lambda/shared/database-login';
import { type Database, type Outcome, rotate } from '../../../lambda/database-rotation/rotate';
import type { Postgres } from '../../support/postgres';
import { FakeSecret } from './fake-secret';

export const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];

let roles = 0;

/** A role of its own on the server, with its secret and what rotates it. */
export async function rotation(server: Postgres, password = 'from the beginning') {
  const username = `role_${process.pid}_${++roles}`;
  const login = { engine: 'postgres', host: 'localhost', port: server.port, dbname: 'postgres', username, password };
  const quoted = password.replaceAll("'", "''");
  await server.administer(`CREATE ROLE ${username} LOGIN PASSWORD '${quoted}'`);
  const database = new PostgresDatabase({ ca: server.ca });
  const secret = new FakeSecret(login);
  const run = stepper(secret, database);
  return {
    login,
    secret,
    database,
    run,
    /** Does every step in turn. */
    rotate: async (token: string): Promise<void> => {
      secret.begin(token);
      for (const step of STEPS) await run(step, token);
    },
    accepts: (other: string): Promise<boolean> => database.accepts({ ...login, password: other }),
    /** Another password, behind the secret's back. */
    setByHand: async (other: string): Promise<void> => {
      await server.administer(`ALTER ROLE ${username} PASSWORD '${other}'`);
    },
  };
}

export function stepper(secrets: FakeSecret, database: Database): (step: string, token: string) => Promise<Outcome> {
  return (step, token) =>
    rotate(
      { step, secretId: 'secret', token },
      { secrets, database, randomInt: (below) => randomInt(below), randomSalt: () => randomBytes(16) },
    );
}

/** A server that knows one password. */
export class FakeDatabase implements Database {
  readonly logins: string[] = [];
  constructor(public password: string) {}

  async accepts({ password }: Login): Promise<boolean> {
    this.logins.push(password);
    return password === this.password;
  }

  async changePassword(login: Login): Promise<boolean> {
    return this.accepts(login);
  }
}
