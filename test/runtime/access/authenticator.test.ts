import { Authenticator, type AuthenticatorOptions, hashOf, issueKey, MemoryApiKeyStore, revokeKey, rotateKey } from 'plinth-runtime/access';
import { ManualClock } from '../../support/manual-clock';

const MINUTE_MS = 60_000;
const IP = '192.0.2.1';
const WRONG = `plk_abcdefgh12345678_${'x'.repeat(43)}`;
const wrong = (at: number) => `plk_abcdefgh12345678_${String(at).padStart(43, 'x')}`;

/** A store that counts what it is asked, and can be away. */
class Store extends MemoryApiKeyStore {
  asked: string[] = [];
  away = false;
  hangs = false;

  override async get(keyId: string) {
    this.asked.push(keyId);
    if (this.hangs) await new Promise(() => {});
    if (this.away) throw new Error('no route to the table');
    return super.get(keyId);
  }
}

async function setup(options: Partial<AuthenticatorOptions> = {}) {
  const clock = new ManualClock();
  const store = new Store();
  const failures: unknown[] = [];
  const authenticator = new Authenticator({ store, clock, onStoreFailure: (error) => failures.push(error), ...options });
  const { key, summary } = await issueKey({ tenantId: 'acme', scopes: ['api'], tier: 'pro' }, { store, clock });
  const present = async (presented: string, address = IP) => authenticator.authenticate(presented, address);
  const fail = async (times: number, address = IP) => {
    for (let at = 0; at < times; at += 1) await present(wrong(at), address);
  };
  return { clock, store, failures, authenticator, key, keyId: summary.keyId, present, fail };
}

describe('authenticating a key', () => {
  test('tells its principal, and nothing else', async () => {
    const { present, key, keyId } = await setup();
    expect(await present(key)).toEqual({ principal: { keyId, tenantId: 'acme', scopes: ['api'], tier: 'pro' } });
  });

  test('asks the store by the key id, never with the key', async () => {
    const { present, key, keyId, store } = await setup();
    await present(key);
    expect(store.asked).toEqual([keyId]);
  });

  test('is at once for 60 seconds, then the store is asked again', async () => {
    const { authenticator, present, key, store, clock } = await setup();
    await present(key);
    await clock.advance(MINUTE_MS - 1);
    expect(authenticator.authenticate(key, IP)).not.toBeInstanceOf(Promise);
    expect(store.asked).toHaveLength(1);
    await clock.advance(1);
    await present(key);
    expect(store.asked).toHaveLength(2);
  });

  test('asks once for requests at the same time', async () => {
    const { present, key, store } = await setup();
    const all = await Promise.all(Array.from({ length: 50 }, () => present(key)));
    expect(store.asked).toHaveLength(1);
    expect(all.every(({ refusal }) => refusal === undefined)).toBe(true);
  });

  test('takes an unknown key and a wrong secret the same way: one question, the same answer, remembered alike', async () => {
    const { present, key, keyId, store } = await setup();
    await present(key);
    store.asked = [];
    const wrongSecret = `plk_${keyId}_${'x'.repeat(43)}`;
    const answers = [await present(wrongSecret), await present(WRONG), await present(wrongSecret), await present(WRONG)];
    expect(answers).toEqual(answers.map(() => ({ refusal: 'invalid' })));
    expect(store.asked).toEqual([keyId, 'abcdefgh12345678']);
  });

  test('refuses what has no form of a key without asking', async () => {
    const { present, store } = await setup();
    expect(await present('Not A Key')).toEqual({ refusal: 'invalid' });
    expect(store.asked).toEqual([]);
  });

  test('knows a word only when the store has it', async () => {
    const { present, store, clock } = await setup();
    expect(await present('local')).toEqual({ refusal: 'invalid' });
    await store.create({ keyId: 'local', tenantId: 'local', scopes: ['api'], tier: 'free', hash: hashOf('local'), createdAt: 0 });
    await clock.advance(MINUTE_MS);
    expect(await present('local')).toMatchObject({ principal: { keyId: 'local' } });
  });

  test('forgets a bad key after 60 seconds', async () => {
    const { present, store, clock } = await setup();
    await present(WRONG);
    await clock.advance(MINUTE_MS - 1);
    await present(WRONG);
    expect(store.asked).toHaveLength(1);
    await clock.advance(1);
    await present(WRONG);
    expect(store.asked).toHaveLength(2);
  });

  test('a revoked key opens nothing after 60 seconds', async () => {
    const { present, key, keyId, store, clock } = await setup();
    await present(key);
    await revokeKey(keyId, { store, clock });
    await clock.advance(MINUTE_MS);
    expect(await present(key)).toEqual({ refusal: 'invalid' });
  });

  test('a key ends on time though it is remembered', async () => {
    const { present, store, clock } = await setup();
    const { key } = await issueKey({ tenantId: 'acme', scopes: ['api'], tier: 'pro', expiresAt: clock.now() + 1000 }, { store, clock });
    await present(key);
    await clock.advance(999);
    expect(await present(key)).toHaveProperty('principal');
    await clock.advance(1);
    expect(await present(key)).toEqual({ refusal: 'invalid' });
  });

  test('both secrets of a rotated key open until the overlap ends, then the new one alone', async () => {
    const { present, key, keyId, store, clock } = await setup();
    const rotated = await rotateKey(keyId, 10_000, { store, clock });
    expect(await present(key)).toMatchObject({ principal: { keyId } });
    expect(await present(rotated.key)).toMatchObject({ principal: { keyId } });
    await clock.advance(10_000);
    expect(await present(key)).toEqual({ refusal: 'invalid' });
    expect(await present(rotated.key)).toMatchObject({ principal: { keyId } });
  });

  test('remembers 10,000 good keys, and bad ones push out none of them', async () => {
    const { authenticator, present, key, store } = await setup({ maxKeys: 100, failures: { perMinute: 1_000_000 } });
    await present(key);
    for (let at = 0; at < 500; at += 1) await present(wrong(at));
    expect(authenticator.authenticate(key, IP)).not.toBeInstanceOf(Promise);
    expect(store.asked).toHaveLength(501);
  });
});

describe('a store that is away', () => {
  test('keys that are known go on for 15 minutes', async () => {
    const { present, key, store, clock, failures } = await setup();
    await present(key);
    store.away = true;
    await clock.advance(15 * MINUTE_MS - 1);
    expect(await present(key)).toHaveProperty('principal');
    await clock.advance(1);
    expect(await present(key)).toEqual({ refusal: 'unavailable', retryAfterSeconds: 1 });
    expect(failures.length).toBeGreaterThan(0);
  });

  test('unknown keys are not let in, not refused as wrong and not counted as failed', async () => {
    const { present, fail, key, store, clock } = await setup();
    store.away = true;
    expect(await present(key)).toEqual({ refusal: 'unavailable', retryAfterSeconds: 1 });
    await fail(30);
    store.away = false;
    await clock.advance(1000);
    expect(await present(key)).toHaveProperty('principal');
  });

  test('is left alone for a second after a failure', async () => {
    const { present, key, store, clock } = await setup();
    store.away = true;
    for (let at = 0; at < 10; at += 1) await present(wrong(at));
    expect(store.asked).toHaveLength(1);
    store.away = false;
    await clock.advance(1000);
    expect(await present(key)).toHaveProperty('principal');
  });

  test('that hangs is away after 2 seconds', async () => {
    const { present, key, store, clock, failures } = await setup();
    store.hangs = true;
    const asked = present(key);
    await clock.advance(2000);
    expect(await asked).toEqual({ refusal: 'unavailable', retryAfterSeconds: 1 });
    expect(String(failures[0])).toContain('the key store must answer within 2000 ms, got nothing');
  });
});

describe('failed keys', () => {
  test('are 20 a minute for an address, then 429 until the first is a minute old', async () => {
    const { present, fail, clock, store } = await setup();
    await fail(20);
    store.asked = [];
    await clock.advance(15_000);
    expect(await present(wrong(99))).toEqual({ refusal: 'too-many-failures', retryAfterSeconds: 45 });
    expect(store.asked).toEqual([]);
    await clock.advance(45_000);
    expect(await present(wrong(99))).toEqual({ refusal: 'invalid' });
  });

  test('are no more than 20 when they come at the same time', async () => {
    const { present } = await setup();
    const answers = await Promise.all(Array.from({ length: 100 }, (_, at) => present(wrong(at))));
    expect(answers.filter(({ refusal }) => refusal === 'invalid')).toHaveLength(20);
    expect(answers.filter(({ refusal }) => refusal === 'too-many-failures')).toHaveLength(80);
  });

  test('are not forgiven by a success', async () => {
    const { present, fail, key } = await setup();
    await fail(19);
    await present(key);
    await present(WRONG);
    expect(await present(wrong(50))).toMatchObject({ refusal: 'too-many-failures' });
  });

  test('of one address leave another alone, and a known key behind the same address', async () => {
    const { present, fail, key } = await setup();
    await present(key);
    await fail(20);
    expect(await present(WRONG, '192.0.2.2')).toEqual({ refusal: 'invalid' });
    expect(await present(key)).toHaveProperty('principal');
  });

  test('count for the network of an IPv6 subscriber', async () => {
    const { present, fail } = await setup();
    await fail(20, '2001:db8::1');
    expect(await present(WRONG, '2001:db8::2')).toMatchObject({ refusal: 'too-many-failures' });
  });

  test('are remembered for a bounded number of addresses', async () => {
    const { present, fail } = await setup({ failures: { maxAddresses: 2 } });
    await fail(20, '192.0.2.1');
    await fail(1, '192.0.2.2');
    await fail(1, '192.0.2.3');
    expect(await present(WRONG, '192.0.2.1')).toEqual({ refusal: 'invalid' });
  });
});
