import fc from 'fast-check';
import {
  type ApiKeyStore,
  hashOf,
  issueKey,
  keyIdOf,
  makeKey,
  makeKeyId,
  MemoryApiKeyStore,
  placeOf,
  revokeKey,
  rotateKey,
} from 'plinth-runtime/access';
import { ManualClock } from '../../support/manual-clock';

const DAY_MS = 86_400_000;

describe('the form of a key', () => {
  test('names its id and holds 256 random bits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), (seed) => {
        const bytes = (size: number) => Uint8Array.from({ length: size }, (_, at) => (seed + at * 37) % 256);
        const key = makeKey(makeKeyId(bytes), bytes);
        expect(key).toMatch(/^plk_[a-z0-9]{16}_[\w-]{43}$/);
        expect(keyIdOf(key)).toBe(key.slice(4, 20));
      }),
      { seed: 7, numRuns: 100 },
    );
  });

  test('draws every character of an id with the same chance', () => {
    const idFrom = (byte: number) => makeKeyId((size) => Uint8Array.from({ length: size }, (_, at) => (at === 0 ? byte : 1)));
    const firsts = Array.from({ length: 256 }, (_, byte) => idFrom(byte)).filter((id) => id !== 'b'.repeat(16));
    const counts = [...new Set(firsts)].map((id) => firsts.filter((other) => other === id).length);
    // 252 bytes for 36 characters; the last four are drawn again. The filler itself is the b.
    expect(counts).toEqual(Array.from({ length: 35 }, () => 7));
  });

  test.each([
    ['a word, which is its own id', 'local', 'local'],
    ['a key whose secret is too short', `plk_abcdefgh12345678_${'x'.repeat(42)}`, undefined],
    ['an id with capitals', `plk_ABCDEFGH12345678_${'x'.repeat(43)}`, undefined],
    ['nothing', '', undefined],
    ['a key with something after it', `plk_abcdefgh12345678_${'x'.repeat(43)} `, undefined],
    ['a word that is too long', 'x'.repeat(65), undefined],
  ])('of %s', (_case, presented, id) => {
    expect(keyIdOf(presented)).toBe(id);
  });
});

describe('making keys', () => {
  const clock = new ManualClock();
  let store: ApiKeyStore;
  beforeEach(() => {
    store = new MemoryApiKeyStore();
  });
  const issue = (fields = {}) =>
    issueKey({ tenantId: 'acme', scopes: ['read', 'api', 'api'], tier: 'starter', ...fields }, { store, clock });

  test('stores its hash and never the key', async () => {
    const { key, summary } = await issue();
    const stored = await store.get(summary.keyId);
    expect(stored).toMatchObject({ hash: hashOf(key), tenantId: 'acme', scopes: ['api', 'read'], tier: 'starter', createdAt: clock.now() });
    expect(JSON.stringify(stored)).not.toContain(key.slice(21));
    expect(JSON.stringify(summary)).not.toContain(hashOf(key));
  });

  test.each([
    ['no scope', { scopes: [] }, 'the scopes must be at least one, got none; add one'],
    [
      'a tenant that is no header value',
      { tenantId: 'a b' },
      'the tenant must match ^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$, got "a b"; rename it',
    ],
    ['an expiry that is over', { expiresAt: 0 }, 'the expiry must lie ahead, got 1970-01-01T00:00:00.000Z; choose a later one'],
  ])('refuses %s', async (_case, fields, message) => {
    await expect(issue(fields)).rejects.toThrow(message);
  });

  test('rotates: a new secret of the same id, and the old one until the overlap ends', async () => {
    const { key, summary } = await issue();
    const rotated = await rotateKey(summary.keyId, DAY_MS, { store, clock });
    expect(keyIdOf(rotated.key)).toBe(summary.keyId);
    expect(await store.get(summary.keyId)).toMatchObject({
      hash: hashOf(rotated.key),
      previousHash: hashOf(key),
      previousUntil: clock.now() + DAY_MS,
    });
    expect(JSON.stringify(rotated.summary)).not.toContain(hashOf(key));
  });

  test.each([
    ['is not there', async () => 'nobody', 'not-found', 'nobody must be the id of a key, got none of that id; see the list'],
    [
      'is revoked',
      async () => {
        const { summary } = await issue();
        await revokeKey(summary.keyId, { store, clock });
        return summary.keyId;
      },
      'revoked',
      'must not be revoked, got a revoked key; create a new one',
    ],
    [
      'has expired',
      async () => {
        const { summary } = await issue({ expiresAt: clock.now() + 10 });
        await clock.advance(10);
        return summary.keyId;
      },
      'expired',
      'must not have expired, got one that did; create a new one',
    ],
  ])('does not rotate a key that %s', async (_case, prepare, code, message) => {
    const keyId = await prepare();
    const rotated = rotateKey(keyId, DAY_MS, { store, clock });
    await expect(rotated).rejects.toThrow(message);
    await expect(rotated).rejects.toMatchObject({ code });
  });

  test('tells that another rotation came between', async () => {
    const { summary } = await issue();
    store.rotate = async () => false;
    await expect(rotateKey(summary.keyId, 0, { store, clock })).rejects.toThrow('must not change while it is rotated');
  });

  test('refuses an overlap of more than 30 days', async () => {
    const { summary } = await issue();
    await expect(rotateKey(summary.keyId, 31 * DAY_MS, { store, clock })).rejects.toThrow(
      'the overlap must be from 0 to 30 days, got 31 days; choose one of these',
    );
  });

  test('does not revoke a key that is not there', async () => {
    await expect(revokeKey('nobody', { store, clock })).rejects.toThrow('nobody must be the id of a key, got none of that id');
  });
});

describe('who failed keys are counted for', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
  ])('%s is %s', (address, place) => {
    expect(placeOf(address)).toBe(place);
  });
});
