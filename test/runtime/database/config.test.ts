import { databaseConfig, DatabaseConfigError } from 'plinth-runtime/database';

const GIVEN = {
  DATABASE_HOST: 'db.example.com',
  DATABASE_PORT: '5432',
  DATABASE_NAME: 'app',
  DATABASE_USER: 'application',
  DATABASE_POOL_MAX: '11',
  AWS_REGION: 'eu-central-1',
};

function faultsOf(change: NodeJS.ProcessEnv): readonly string[] {
  try {
    databaseConfig({ ...GIVEN, ...change });
  } catch (error) {
    if (error instanceof DatabaseConfigError) return error.faults;
  }
  return [];
}

describe('the configuration of the database', () => {
  it('REC-2.11 keeps at least 10 connections, at most what the platform says, and waits 30 s for one', () => {
    expect(databaseConfig(GIVEN)).toEqual({
      host: 'db.example.com',
      port: 5432,
      database: 'app',
      user: 'application',
      auth: { method: 'iam', region: 'eu-central-1' },
      tls: 'verify-full',
      pool: { min: 10, max: 11 },
      connectTimeoutMs: 30_000,
      statementTimeoutMs: 10_000,
      readHost: undefined,
    });
  });

  it('keeps no more warm than there may be', () => {
    expect(databaseConfig({ ...GIVEN, DATABASE_POOL_MAX: '4' }).pool).toEqual({ min: 4, max: 4 });
  });

  it('takes a password, which may be empty, and a replica', () => {
    const { auth, readHost } = databaseConfig({ ...GIVEN, DATABASE_AUTH: 'password', AWS_REGION: '', DATABASE_READ_HOST: 'replica' });
    expect([auth, readHost]).toEqual([{ method: 'password', password: '' }, 'replica']);
  });

  it('names every fault at once', () => {
    const error = new DatabaseConfigError(
      faultsOf({ DATABASE_HOST: '', DATABASE_PORT: '0', DATABASE_NAME: undefined, DATABASE_POOL_MAX: '' }),
    );
    expect([error.code, error.message]).toEqual([
      'database-config',
      [
        'DATABASE_HOST must be the name of the database server, got nothing; set it',
        'DATABASE_POOL_MAX must be a whole number from 1 to 50, got nothing; correct it',
        'DATABASE_PORT must be a whole number from 1 to 65535, got 0; correct it',
        'DATABASE_NAME must be the name of a database, got nothing; set it',
      ].join('\n'),
    ]);
  });

  it.each([
    [{ DATABASE_POOL_MAX: '51' }, 'DATABASE_POOL_MAX must be a whole number from 1 to 50, got 51; correct it'],
    [{ DATABASE_POOL_MAX: '1e1x' }, 'DATABASE_POOL_MAX must be a whole number from 1 to 50, got 1e1x; correct it'],
    [{ DATABASE_AUTH: 'md5' }, 'DATABASE_AUTH must be iam or password, got md5; correct it'],
    [{ DATABASE_TLS: 'prefer' }, 'DATABASE_TLS must be verify-full or disable, got prefer; correct it'],
    [{ AWS_REGION: '' }, 'AWS_REGION must be the region of the database, as DATABASE_AUTH is iam, got nothing; set it'],
    [
      { DATABASE_STATEMENT_TIMEOUT_MS: '10' },
      'DATABASE_STATEMENT_TIMEOUT_MS must be a whole number from 100 to 300000, got 10; correct it',
    ],
    [
      { DATABASE_TLS: 'disable' },
      'DATABASE_TLS must be verify-full when DATABASE_HOST is not this machine, got disable for db.example.com; leave DATABASE_TLS out',
    ],
    [
      { DATABASE_TLS: 'disable', DATABASE_HOST: '127.0.0.1', DATABASE_READ_HOST: 'replica' },
      'DATABASE_TLS must be verify-full when DATABASE_READ_HOST is not this machine, got disable for replica; leave DATABASE_TLS out',
    ],
  ])('refuses %j', (change, fault) => {
    expect(faultsOf(change)).toEqual([fault]);
  });

  it.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('speaks plain text to %s where it is told to', (host) => {
    expect(databaseConfig({ ...GIVEN, DATABASE_TLS: 'disable', DATABASE_HOST: host }).tls).toBe('disable');
  });
});
