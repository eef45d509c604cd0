import { describeWithPostgres, Postgres } from '../../support/postgres';
import { rotation, STEPS } from './rotation';

describeWithPostgres('a rotation', () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await Postgres.start();
  });
  afterAll(() => server?.stop());

  test('ends with a new password that the server takes', async () => {
    const { secret, rotate, accepts } = await rotation(server);

    await rotate('one');

    expect(await accepts(secret.valueOf('AWSCURRENT').password)).toBe(true);
  });

  test('ends with an old password that the server refuses', async () => {
    const { login, rotate, accepts } = await rotation(server);

    await rotate('one');

    expect(await accepts(login.password)).toBe(false);
  });

  test('changes nothing of the secret but the password', async () => {
    const { login, secret, rotate } = await rotation(server);

    await rotate('one');

    expect(secret.valueOf('AWSCURRENT')).toEqual({ ...login, password: expect.stringMatching(/^[A-Za-z0-9]{40}$/) });
  });

  test('may follow another', async () => {
    const { secret, rotate, accepts } = await rotation(server);
    await rotate('one');
    const { password } = secret.valueOf('AWSCURRENT');

    await rotate('two');

    expect(await accepts(password)).toBe(false);
    expect(await accepts(secret.valueOf('AWSCURRENT').password)).toBe(true);
  });

  test.each(['it\'s \\ "quoted"; DROP ROLE x; --', 'пароль ☂', '%s $1 {}'])('replaces the password %s', async (password) => {
    const { secret, rotate, accepts } = await rotation(server, password);

    await rotate('one');

    expect(await accepts(secret.valueOf('AWSCURRENT').password)).toBe(true);
  });

  test('keeps the old password until setSecret', async () => {
    const { login, secret, run, accepts } = await rotation(server);
    secret.begin('one');

    await run('createSecret', 'one');

    expect(await accepts(login.password)).toBe(true);
  });

  test('leaves neither password in the log of the server', async () => {
    const { login, secret, rotate } = await rotation(server);
    const before = (await server.logged()).length;

    await rotate('one');

    const log = (await server.logged()).slice(before).join('\n');
    expect(log).toContain('ALTER ROLE CURRENT_USER WITH PASSWORD');
    expect(log).not.toContain(secret.valueOf('AWSCURRENT').password);
    expect(log).not.toContain(login.password);
  });

  test('makes no failed login', async () => {
    const { rotate } = await rotation(server);
    const before = (await server.logged()).length;

    await rotate('one');

    expect((await server.logged()).slice(before).filter((line) => line.includes('FATAL'))).toEqual([]);
  });

  test('stores a verifier, not the password', async () => {
    const { login, rotate } = await rotation(server);

    await rotate('one');

    const [{ rolpassword }] = await server.administer<{ rolpassword: string }>('SELECT rolpassword FROM pg_authid WHERE rolname = $1', [
      login.username,
    ]);
    expect(rolpassword).toMatch(/^SCRAM-SHA-256\$4096:/);
  });

  describe('repeated', () => {
    test.each(STEPS)('%s does no harm', async (step) => {
      const { secret, run, accepts } = await rotation(server);
      secret.begin('one');

      for (const each of STEPS) for (let times = 0; times < (each === step ? 2 : 1); times++) await run(each, 'one');

      expect(await accepts(secret.valueOf('AWSCURRENT').password)).toBe(true);
    });

    test('createSecret keeps the password it made', async () => {
      const { secret, run } = await rotation(server);
      secret.begin('one');
      await run('createSecret', 'one');
      const { password } = secret.valueOf('AWSPENDING');

      await run('createSecret', 'one');

      expect(secret.valueOf('AWSPENDING').password).toBe(password);
    });

    test.each(STEPS)('%s changes nothing after the end', async (step) => {
      const { secret, rotate, run, accepts } = await rotation(server);
      await rotate('one');
      const { password } = secret.valueOf('AWSCURRENT');

      expect(await run(step, 'one')).toBe('done before');

      expect(secret.valueOf('AWSCURRENT').password).toBe(password);
      expect(await accepts(password)).toBe(true);
    });
  });

  describe('broken off half-way', () => {
    test('after the password was set goes on with that password', async () => {
      const { secret, run, accepts } = await rotation(server);
      secret.begin('one');
      await run('createSecret', 'one');
      await run('setSecret', 'one');
      const { password } = secret.valueOf('AWSPENDING');

      for (const step of STEPS) await run(step, 'one');

      expect(secret.valueOf('AWSCURRENT').password).toBe(password);
      expect(await accepts(password)).toBe(true);
    });

    test('before the password was set sets it', async () => {
      const { secret, run, accepts } = await rotation(server);
      secret.begin('one');
      await run('createSecret', 'one');

      for (const step of STEPS) await run(step, 'one');

      expect(await accepts(secret.valueOf('AWSCURRENT').password)).toBe(true);
    });

    test('within setSecret leaves the old password in use', async () => {
      const { login, secret, database, run, accepts } = await rotation(server);
      secret.begin('one');
      await run('createSecret', 'one');
      jest.spyOn(database, 'changePassword').mockRejectedValueOnce(new Error('the line is dead'));

      await expect(run('setSecret', 'one')).rejects.toThrow('the line is dead');

      expect(await accepts(login.password)).toBe(true);
    });
  });

  test('finds the password of before a restore', async () => {
    const { login, secret, rotate, setByHand, accepts } = await rotation(server);
    await rotate('one');
    await setByHand(login.password);

    await rotate('two');

    expect(await accepts(secret.valueOf('AWSCURRENT').password)).toBe(true);
  });

  describe('twice at once', () => {
    test.each(STEPS)('does %s once', async (step) => {
      const { secret, run, accepts } = await rotation(server);
      secret.begin('one');

      for (const each of STEPS) await Promise.all(Array.from({ length: each === step ? 4 : 1 }, () => run(each, 'one')));

      expect(await accepts(secret.valueOf('AWSCURRENT').password)).toBe(true);
    });

    test('of two rotations lets the later one alone go on', async () => {
      const { login, secret, run, accepts } = await rotation(server);
      secret.begin('one');
      await run('createSecret', 'one');
      secret.begin('two');

      await expect(run('setSecret', 'one')).rejects.toThrow('version one must be AWSPENDING, got no stage; start a new rotation');

      expect(await accepts(login.password)).toBe(true);
    });
  });

  describe('with a password that was changed by hand', () => {
    test('fails with what to do', async () => {
      const { secret, run, setByHand } = await rotation(server);
      await setByHand('another');
      secret.begin('one');
      await run('createSecret', 'one');

      await expect(run('setSecret', 'one')).rejects.toThrow(
        'one version of the secret must hold the password, got none that the server takes; set the password by hand',
      );
    });

    test('leaves that password in use', async () => {
      const { secret, run, setByHand, accepts } = await rotation(server);
      await setByHand('another');
      secret.begin('one');
      await run('createSecret', 'one');

      await expect(run('setSecret', 'one')).rejects.toThrow('set the password by hand');

      expect(await accepts('another')).toBe(true);
    });

    test('does not pass the test of it', async () => {
      const { secret, run, setByHand } = await rotation(server);
      secret.begin('one');
      await run('createSecret', 'one');
      await run('setSecret', 'one');
      await setByHand('another');

      await expect(run('testSecret', 'one')).rejects.toThrow('the pending password must be the one in use, got refused');
    });
  });
});
