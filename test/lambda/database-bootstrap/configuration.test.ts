import { configuration } from '../../../lambda/database-bootstrap/configuration';
import { checkTls } from '../../../lambda/database-bootstrap/tls';

test('verifies TLS unless it is told otherwise', () => {
  expect(configuration({ DATABASE_SECRET_ARN: 'arn' })).toEqual({ secretArn: 'arn', tls: 'verify-full' });
});

test('knows the folder of migrations, and the task of long ones', () => {
  const task = { cluster: 'c', taskDefinition: 't', subnets: ['s'], securityGroups: ['g'] };
  const environment = { DATABASE_SECRET_ARN: 'arn', MIGRATIONS_DIRECTORY: '/opt', LONG_MIGRATIONS: JSON.stringify(task) };
  expect(configuration(environment)).toMatchObject({ migrationsDirectory: '/opt', longTask: task });
});

test('names every fault of the environment at once', () => {
  expect(() => configuration({ DATABASE_TLS: 'require' })).toThrow(
    /^DATABASE_SECRET_ARN must be the secret of the administrator, got none; DATABASE_TLS must be verify-full or disable, got require; correct the environment$/,
  );
});

test.each(['localhost', '127.0.0.1', '::1'])('does without TLS on %s', (host) => {
  expect(() => checkTls('disable', host)).not.toThrow();
});

test('REC-2.2 does not do without TLS across a network', () => {
  expect(() => checkTls('disable', 'db.example.com')).toThrow(
    /^DATABASE_TLS must be verify-full for a host that is not localhost, 127.0.0.1, ::1, got disable for db.example.com; leave it out$/,
  );
});
