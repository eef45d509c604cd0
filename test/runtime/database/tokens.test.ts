import { CachedTokens, fixedPassword, iamTokens } from '../../../runtime/src/database/tokens';
import { ManualClock } from '../../support/manual-clock';

const MINUTE = 60_000;

describe('tokens', () => {
  let clock: ManualClock;
  let made: number;
  beforeEach(() => {
    clock = new ManualClock();
    made = 0;
  });
  const tokens = (provider = () => Promise.resolve(`token-${++made}`)) => new CachedTokens(provider, clock);

  it('are kept well under their 15 minutes', async () => {
    const subject = tokens();
    const first = await subject.next();
    await clock.advance(10 * MINUTE - 1);
    const kept = await subject.next();
    await clock.advance(1);
    expect([first, kept, await subject.next()]).toEqual(['token-1', 'token-1', 'token-2']);
  });

  it('count their age from before they were made', async () => {
    let finish: (token: string) => void = () => {};
    const subject = tokens(() => (made++ === 0 ? new Promise((resolve) => (finish = resolve)) : Promise.resolve('second')));
    const first = subject.next();
    await clock.advance(10 * MINUTE);
    finish('first');
    expect([await first, await subject.next()]).toEqual(['first', 'second']);
  });

  it('are made once for all connections that ask', async () => {
    const subject = tokens();
    expect(await Promise.all([subject.next(), subject.next()])).toEqual(['token-1', 'token-1']);
  });

  it('that were refused are not offered again', async () => {
    const subject = tokens();
    const again = subject.refused(await subject.next());
    expect([again, await subject.next()]).toEqual([true, 'token-2']);
  });

  it('that were refused late leave a newer one alone', async () => {
    const subject = tokens();
    const old = await subject.next();
    subject.refused(old);
    await subject.next();
    subject.refused(old);
    expect(await subject.next()).toBe('token-2');
  });

  it('that cannot be made are a fault without the words of the SDK, and are tried again', async () => {
    const subject = tokens(() => (made++ === 0 ? Promise.reject(new TypeError('AKIA...')) : Promise.resolve('good')));
    await expect(subject.next()).rejects.toMatchObject({
      code: 'token-failed',
      message: `database: a token of IAM must be made for a new connection, got TypeError; check the task role's rds-db:connect and its credentials`,
    });
    expect(await subject.next()).toBe('good');
  });

  it('are signed for one user of one server, for 15 minutes, without asking anybody', async () => {
    const before = { ...process.env };
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' });
    const token = await iamTokens({ host: 'db.example.com', port: 5432, user: 'application', region: 'eu-central-1' })();
    process.env = before;
    const url = new URL(`https://${token}`);
    expect([url.host, url.searchParams.get('Action'), url.searchParams.get('DBUser'), url.searchParams.get('X-Amz-Expires')]).toEqual([
      'db.example.com:5432',
      'connect',
      'application',
      '900',
    ]);
  });

  it('are not what a fixed password is: another try is of no use', () => {
    expect(fixedPassword('x').refused('x')).toBe(false);
  });
});
