import { FakeSecret } from './fake-secret';
import { FakeDatabase, stepper } from './rotation';

const login = { engine: 'postgres', host: 'db.example.com', port: 5432, dbname: 'app', username: 'administrator', password: 'old' };

function rotationOf(value: object = login) {
  const secret = new FakeSecret(value);
  const database = new FakeDatabase('old');
  return { secret, database, run: stepper(secret, database) };
}

test('refuses a step that it does not know', async () => {
  const { run } = rotationOf();
  await expect(run('dropSecret', 'one')).rejects.toThrow('step must be createSecret, setSecret, testSecret, finishSecret, got dropSecret');
});

test('refuses a version that no rotation has begun', async () => {
  const { run } = rotationOf();
  await expect(run('createSecret', 'one')).rejects.toThrow('version one must be one of the secret, got none of that id');
});

test('makes no version of a secret that holds no login', async () => {
  const { secret, run } = rotationOf({ ...login, host: '' });
  secret.begin('one');
  await expect(run('createSecret', 'one')).rejects.toThrow('host of the secret must be the name of a server');
  expect(await secret.read('secret', { stage: 'AWSPENDING' })).toBeUndefined();
});

test.each(['setSecret', 'testSecret'])('%s refuses a version without a value', async (step) => {
  const { secret, run } = rotationOf();
  secret.begin('one');
  await expect(run(step, 'one')).rejects.toThrow('the AWSPENDING version of the secret must have a value, got none; start a new rotation');
});

test.each([{ host: 'elsewhere.example.com' }, { username: 'another' }])(
  'sends no password to %s of the pending version',
  async (changed) => {
    const { secret, database, run } = rotationOf();
    secret.begin('one');
    await secret.writePending('secret', 'one', JSON.stringify({ ...login, ...changed, password: 'new' }));

    await expect(run('setSecret', 'one')).rejects.toThrow('the pending version must be of the current user and server, got another');

    expect(database.logins).toEqual([]);
  },
);

test('tries the pending password after the current one, as a failed login is an alarm for somebody', async () => {
  const { secret, database, run } = rotationOf();
  secret.begin('one');
  await secret.writePending('secret', 'one', JSON.stringify({ ...login, password: 'new' }));
  database.password = 'new';

  expect(await run('setSecret', 'one')).toBe('done before');

  expect(database.logins).toEqual(['old', 'new']);
});

test('passes on that a version could not be promoted', async () => {
  const { secret, run } = rotationOf();
  secret.begin('one');
  jest.spyOn(secret, 'promote').mockRejectedValueOnce(new Error('throttled'));
  await expect(run('finishSecret', 'one')).rejects.toThrow('throttled');
});

test('takes a version that another run has promoted meanwhile for done', async () => {
  const { secret, run } = rotationOf();
  secret.begin('one');
  const promote = secret.promote.bind(secret);
  jest.spyOn(secret, 'promote').mockImplementationOnce(async (id, versions) => {
    await promote(id, versions);
    throw new Error('AWSCURRENT is not on the version to remove it from');
  });
  expect(await run('finishSecret', 'one')).toBe('done before');
});
