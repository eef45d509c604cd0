import { isSameUser, type Login, parseLogin, withPassword } from '../shared/database-login';
import { newPassword } from './password';
import { scramVerifier } from './scram';
import { currentVersion, standingOf, type Versions } from './version-standing';

/** A secret that has versions. */
export interface SecretVersions {
  list(secretId: string): Promise<Versions>;
  /** Undefined when there is no such version, or it has no value yet. */
  read(secretId: string, version: { stage: string; token?: string }): Promise<string | undefined>;
  /** Gives the pending version its value, unless it has one. */
  writePending(secretId: string, token: string, value: string): Promise<void>;
  promote(secretId: string, versions: { from: string; to: string }): Promise<void>;
}

/** A server that rejects on every fault but a wrong password. */
export interface Database {
  /** Whether the server takes the password. */
  accepts(login: Login): Promise<boolean>;
  /** Sets the password of the user that logs in; false when the server does not take the one it logs in with. */
  changePassword(login: Login, verifier: string): Promise<boolean>;
}

export interface Dependencies {
  readonly secrets: SecretVersions;
  readonly database: Database;
  readonly randomInt: (below: number) => number;
  readonly randomSalt: () => Buffer;
}

interface Request {
  readonly step: string;
  readonly secretId: string;
  readonly token: string;
}

export type Outcome = 'done' | 'done before';

/** Does one step of a rotation. Every step may be repeated, alone or beside itself, also after the whole was finished. */
export async function rotate({ step, secretId, token }: Request, dependencies: Dependencies): Promise<Outcome> {
  const work = steps.get(step);
  if (!work) throw new Error(`step must be ${[...steps.keys()].join(', ')}, got ${step}; call this function from Secrets Manager alone`);
  const versions = await dependencies.secrets.list(secretId);
  if (standingOf(versions, token) === 'current') return 'done before';
  return work({ secretId, token, versions }, dependencies);
}

interface Work {
  readonly secretId: string;
  readonly token: string;
  readonly versions: Versions;
}

const steps = new Map<string, (work: Work, dependencies: Dependencies) => Promise<Outcome>>([
  ['createSecret', createSecret],
  ['setSecret', setSecret],
  ['testSecret', testSecret],
  ['finishSecret', finishSecret],
]);

async function createSecret({ secretId, token }: Work, { secrets, randomInt }: Dependencies): Promise<Outcome> {
  if (await secrets.read(secretId, { stage: 'AWSPENDING', token })) return 'done before';
  const current = await mustRead(secrets, secretId, { stage: 'AWSCURRENT' });
  parseLogin(current);
  await secrets.writePending(secretId, token, withPassword(current, newPassword(randomInt)));
  return 'done';
}

/**
 * Which password is in use is asked of the server: a run before may have set the pending one and died, and a restore brings back the
 * one before.
 */
async function setSecret({ secretId, token }: Work, { secrets, database, randomSalt }: Dependencies): Promise<Outcome> {
  const pending = parseLogin(await mustRead(secrets, secretId, { stage: 'AWSPENDING', token }));
  const current = parseLogin(await mustRead(secrets, secretId, { stage: 'AWSCURRENT' }));
  if (!isSameUser(pending, current)) {
    throw new Error('the pending version must be of the current user and server, got another; start a new rotation');
  }
  const verifier = scramVerifier(pending.password, randomSalt());
  if (await database.changePassword(current, verifier)) return 'done';
  if (await database.accepts(pending)) return 'done before';
  const previous = await secrets.read(secretId, { stage: 'AWSPREVIOUS' });
  const fallback = previous && parseLogin(previous);
  if (fallback && isSameUser(fallback, current) && (await database.changePassword(fallback, verifier))) return 'done';
  throw new Error('one version of the secret must hold the password, got none that the server takes; set the password by hand');
}

async function testSecret({ secretId, token }: Work, { secrets, database }: Dependencies): Promise<Outcome> {
  const pending = parseLogin(await mustRead(secrets, secretId, { stage: 'AWSPENDING', token }));
  if (await database.accepts(pending)) return 'done';
  throw new Error('the pending password must be the one in use, got refused; let Secrets Manager repeat the rotation');
}

async function finishSecret({ secretId, token, versions }: Work, { secrets }: Dependencies): Promise<Outcome> {
  try {
    await secrets.promote(secretId, { from: currentVersion(versions), to: token });
    return 'done';
  } catch (error) {
    // Another run of this step may have been quicker.
    if (standingOf(await secrets.list(secretId), token) === 'current') return 'done before';
    throw error;
  }
}

async function mustRead(secrets: SecretVersions, secretId: string, version: { stage: string; token?: string }): Promise<string> {
  const value = await secrets.read(secretId, version);
  if (value) return value;
  throw new Error(`the ${version.stage} version of the secret must have a value, got none; start a new rotation`);
}
