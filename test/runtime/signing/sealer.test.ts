import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { type DataKeyLimits, type DataKeys, EnvelopeSealer, FixedDataKeys, SealError } from 'plinth-runtime/signing';
import { errorOf } from '../../support/error-of';
import { clockAt, NOW, VECTOR } from './support';

/** A key service that counts its calls. */
class CountingDataKeys implements DataKeys {
  generated = 0;
  unwrapped = 0;
  isAway = false;
  private readonly keys = new Map<string, Buffer>();

  async generate() {
    this.generated += 1;
    this.answer();
    const [plain, wrapped] = [randomBytes(32), randomBytes(184)];
    this.keys.set(wrapped.toString('hex'), Buffer.from(plain));
    return { plain, wrapped };
  }

  async unwrap(wrapped: Buffer) {
    this.unwrapped += 1;
    this.answer();
    const plain = this.keys.get(wrapped.toString('hex'));
    if (plain === undefined) throw new SealError('unknown');
    return Buffer.from(plain);
  }

  private answer() {
    if (this.isAway) throw new Error('key service away');
  }
}

function sealing(limits: DataKeyLimits = {}) {
  const clock = clockAt(NOW);
  const dataKeys = new CountingDataKeys();
  const fresh = () => new EnvelopeSealer({ dataKeys, clock, ...limits });
  return { clock, dataKeys, sealer: fresh(), fresh };
}
const SECRET = Buffer.from(VECTOR.secret);
const many = <T>(count: number, work: () => Promise<T>) => Promise.all(Array.from({ length: count }, work));

test('opens what it sealed, in the same context, in another process too', async () => {
  const { sealer, fresh } = sealing();
  await fc.assert(
    fc.asyncProperty(fc.uint8Array(), fc.string({ unit: 'binary' }), async (plain, context) => {
      const sealed = await sealer.seal(Buffer.from(plain), context);
      expect(await fresh().open(sealed, context)).toEqual(Buffer.from(plain));
    }),
    { seed: 16, numRuns: 100 },
  );
});

test('shows nothing of what it sealed, and never seals it the same way twice', async () => {
  const { sealer } = sealing();
  const sealed = await many(50, () => sealer.seal(SECRET, 'tenant/endpoint'));
  expect(new Set(sealed.map((value) => value.split('.')[2])).size).toBe(50);
  expect(sealed.join()).not.toContain(SECRET.toString('base64url').slice(0, 12));
});

test('opens in no other context: a row of one endpoint is of no use for another', async () => {
  const { sealer } = sealing();
  const error = await errorOf(sealer.open(await sealer.seal(SECRET, 'tenant-a/we_1'), 'tenant-b/we_2'));
  expect(error).toBeInstanceOf(SealError);
  expect(error).toMatchObject({
    code: 'unreadable',
    message: 'sealed value must be as it was sealed and opened in its own context, got another; read the row again',
  });
});

test('opens nothing that was changed, be it by a bit that stands for nothing', async () => {
  const { sealer } = sealing();
  const sealed = await sealer.seal(SECRET, 'c');
  for (let at = 0; at < sealed.length; at += 1) {
    for (const letter of ['A', 'B', 'z', '.', '-', ''].filter((other) => other !== sealed[at])) {
      const changed = sealed.slice(0, at) + letter + sealed.slice(at + 1);
      await expect(sealer.open(changed, 'c')).rejects.toBeInstanceOf(SealError);
    }
  }
});

test.each(['', 's1', 's1...', 's2.AA.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA', 'whsec_x'])(
  'opens nothing of another form: %j',
  async (sealed) => {
    await expect(sealing().sealer.open(sealed, 'c')).rejects.toThrow(
      `sealed value must be s1.<key>.<nonce>.<ciphertext>, got ${sealed.length} other characters; read the row again`,
    );
  },
);

test('shares a data key between contexts, within its count', async () => {
  const { sealer, dataKeys } = sealing({ maxUses: 10 });
  await many(10, () => sealer.seal(SECRET, String(Math.random())));
  expect(dataKeys.generated).toBe(1);
  await sealer.seal(SECRET, 'eleventh');
  expect(dataKeys.generated).toBe(2);
});

test('shares a data key within its time', async () => {
  const { sealer, dataKeys, clock } = sealing({ maxAgeMs: 60_000 });
  const sealed = await sealer.seal(SECRET, 'a');
  await sealer.open(sealed, 'a');
  await clock.advance(59_999);
  await sealer.seal(SECRET, 'a');
  await sealer.open(sealed, 'a');
  expect([dataKeys.generated, dataKeys.unwrapped]).toEqual([1, 1]);
  await clock.advance(1);
  await sealer.seal(SECRET, 'a');
  await sealer.open(sealed, 'a');
  expect([dataKeys.generated, dataKeys.unwrapped]).toEqual([2, 2]);
});

test('unwraps a data key once for all that ask at once', async () => {
  const { sealer, dataKeys, fresh } = sealing();
  const sealed = await sealer.seal(SECRET, 'a');
  const other = fresh();
  await many(100, () => other.open(sealed, 'a'));
  expect(dataKeys.unwrapped).toBe(1);
});

test('keeps a bounded number of data keys, those used last', async () => {
  const { dataKeys, fresh } = sealing({ maxKeys: 2, maxUses: 1 });
  const sealer = fresh();
  const [a, b, c] = await many(3, () => sealer.seal(SECRET, 'x'));
  for (const sealed of [a, b, a, c, a]) await sealer.open(sealed, 'x');
  expect(dataKeys.unwrapped).toBe(3);
  await sealer.open(b, 'x');
  expect(dataKeys.unwrapped).toBe(4);
});

test('passes on that the key service is away, opens what it has, and asks again later', async () => {
  const { sealer, dataKeys, fresh } = sealing({ maxUses: 1 });
  const sealed = await sealer.seal(SECRET, 'a');
  await sealer.open(sealed, 'a');
  dataKeys.isAway = true;
  const other = fresh();
  for (const work of [() => sealer.seal(SECRET, 'a'), () => other.open(sealed, 'a')]) {
    await expect(work()).rejects.toThrow(new Error('key service away'));
  }
  await expect(sealer.open(sealed, 'a')).resolves.toEqual(SECRET);
  dataKeys.isAway = false;
  await expect(other.open(await sealer.seal(SECRET, 'b'), 'b')).resolves.toEqual(SECRET);
  await expect(other.open(sealed, 'a')).resolves.toEqual(SECRET);
});

test('shows no data key when it is printed', async () => {
  const key = Buffer.alloc(32, 0xab);
  const dataKeys = {
    generate: () => Promise.resolve({ plain: Buffer.from(key), wrapped: Buffer.alloc(8) }),
    unwrap: () => Promise.resolve(Buffer.from(key)),
  };
  const sealer = new EnvelopeSealer({ dataKeys, clock: clockAt(NOW) });
  await sealer.open(await sealer.seal(SECRET, 'a'), 'a');
  expect(inspect(sealer, { depth: 9 })).not.toMatch(/ab ab ab/);
});

test.each([{ maxAgeMs: 0 }, { maxUses: 1.5 }, { maxKeys: 2 ** 32 + 1 }])('is not made with %j', (limits) => {
  const [[name, value]] = Object.entries(limits);
  expect(() => sealing(limits)).toThrow(
    `EnvelopeSealer: ${name} must be a whole number from 1 to 4294967296, got ${value}; give one of these`,
  );
});

describe('a fixed data key', () => {
  test('seals for every process that has it', async () => {
    const [one, two] = [1, 2].map(() => new EnvelopeSealer({ dataKeys: new FixedDataKeys(Buffer.alloc(32, 1)), clock: clockAt(NOW) }));
    await expect(two.open(await one.seal(SECRET, 'a'), 'a')).resolves.toEqual(SECRET);
  });

  test('opens nothing of another', async () => {
    const [one, two] = [1, 2].map(
      (byte) => new EnvelopeSealer({ dataKeys: new FixedDataKeys(Buffer.alloc(32, byte)), clock: clockAt(NOW) }),
    );
    await expect(two.open(await one.seal(SECRET, 'a'), 'a')).rejects.toThrow(
      new SealError('data key must be the fixed one, got another; open it with what it was sealed with'),
    );
  });

  test('has 32 bytes', async () => {
    const sealer = new EnvelopeSealer({ dataKeys: new FixedDataKeys(Buffer.alloc(16)), clock: clockAt(NOW) });
    await expect(sealer.seal(SECRET, 'a')).rejects.toThrow('DataKeys: a data key must have 32 bytes, got 16; ask for AES-256');
  });
});
