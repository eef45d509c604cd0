import { cacheKey, canonicalJson } from 'plinth-runtime/cache';
import fc from 'fast-check';

/** The same content with the fields of every object the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, field]) => [key, reversed(field)]),
  );
}

describe('cacheKey', () => {
  it('CTX-1.1 is the SHA-256 of the canonical content', () => {
    // sha256('{"a":[1,"x"],"b":null}')
    expect(cacheKey({ b: null, a: [1, 'x'] })).toBe('854ef06dc57f5dfed10206344ab2d02e0b6c84b0e19436703a5afd0f1f9f2687');
  });

  it('is the same whatever the order of the fields', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(cacheKey(reversed(value))).toBe(cacheKey(value));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('differs where the content differs', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        expect(canonicalJson(one) === canonicalJson(other)).toBe(isSame(one, other));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('is JSON that means the same', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: true }), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('takes one spelling of Unicode for the other', () => {
    expect(cacheKey({ café: 'caf\u00e9' })).toBe(cacheKey({ 'cafe\u0301': 'cafe\u0301' }));
  });

  it('leaves out what is undefined, as JSON does', () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  it.each<[string, unknown, string]>([
    ['NaN', { score: Number.NaN }, 'cacheKey: $.score must be a finite number, got NaN; put only JSON into a key'],
    ['infinity', [1, Infinity], 'cacheKey: $[1] must be a finite number, got Infinity; put only JSON into a key'],
    [
      'a date',
      { at: new Date(0) },
      'cacheKey: $.at must be null, a boolean, a number, a string, an array or a plain object, got Date; put only JSON into a key',
    ],
    [
      'a hole',
      [undefined],
      'cacheKey: $[0] must be null, a boolean, a number, a string, an array or a plain object, got undefined; put only JSON into a key',
    ],
    [
      'a big integer',
      1n,
      'cacheKey: $ must be null, a boolean, a number, a string, an array or a plain object, got bigint; put only JSON into a key',
    ],
    [
      'two spellings of one name',
      { 'caf\u00e9': 1, 'cafe\u0301': 2 },
      'cacheKey: $.caf\u00e9 must be named once, got two spellings of the name; put only JSON into a key',
    ],
  ])('refuses %s', (_name, parts, message) => {
    expect(() => cacheKey(parts)).toThrow(message);
  });

  it('refuses what refers to itself', () => {
    const loop: { self?: unknown } = {};
    loop.self = loop;
    expect(() => cacheKey(loop)).toThrow('must be at most 100 levels deep, got more');
  });
});

/** Equality of JSON, apart from the canonical form. */
function isSame(one: unknown, other: unknown): boolean {
  try {
    expect(JSON.parse(JSON.stringify(one))).toEqual(JSON.parse(JSON.stringify(other)));
    return true;
  } catch {
    return false;
  }
}
