import fc from 'fast-check';
import { encodeVector } from '../../../runtime/src/vector-search/encode';
import { fuse } from '../../../runtime/src/vector-search/fuse';

const list = (ids: string) => ids.split('').map((id) => ({ id }));
const order = (lists: string[], limit = 10) =>
  fuse(lists.map(list), limit)
    .map(({ id }) => id)
    .join('');

describe('fused lists', () => {
  it.each([
    [['ab', ''], 'ab'],
    [['abc', 'cab'], 'acb'],
    [['ab', 'ba'], 'ab'],
    [['axyz', 'bxyz'], 'xyzab'],
    [[], ''],
  ])('%j are %s', (lists, expected) => {
    expect(order(lists)).toBe(expected);
  });

  it('hold each id once, at most as many as are asked for, best first, whichever list comes first', () => {
    const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')).map((all) => all.join(''));
    fc.assert(
      fc.property(ids, ids, fc.integer({ min: 1, max: 12 }), (one, other, limit) => {
        const fused = fuse([list(one), list(other)], limit);
        expect(fused).toHaveLength(Math.min(limit, new Set(one + other).size));
        expect(fused.map(({ score }) => score)).toEqual(fused.map(({ score }) => score).toSorted((a, b) => b - a));
        expect(order([other, one], limit)).toBe(fused.map(({ id }) => id).join(''));
      }),
      { seed: 3 },
    );
  });
});

describe('a vector', () => {
  it('is sent as its dimensions, an empty word, and floats of 32 bits', () => {
    expect(encodeVector([1, -2.5]).toString('hex')).toBe('000200003f800000c0200000');
  });
});
