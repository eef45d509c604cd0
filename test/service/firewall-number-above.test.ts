import * as fc from 'fast-check';
import { numberAbove } from '../../lib/service/number-above';

const limits = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.integer({ min: 0, max: 20 }));
const isAbove = (limit: number, text: string) => new RegExp(numberAbove(limit)).test(text);

test('REC-8.7 matches exactly the numbers above a limit', () => {
  fc.assert(fc.property(limits, limits, (limit, number) => isAbove(limit, String(number)) === number > limit));
});

test('REC-8.7 decides right beside the limit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 40 }), (limit) => {
      const verdicts = [limit - 1, limit, limit + 1].map((number) => isAbove(limit, String(number)));
      return JSON.stringify(verdicts) === '[false,false,true]';
    }),
  );
});

test('REC-8.7 decides the same with leading zeros', () => {
  fc.assert(
    fc.property(limits, limits, fc.nat(40), (limit, number, zeros) => isAbove(limit, '0'.repeat(zeros) + number) === number > limit),
  );
});

test('REC-8.7 matches nothing but decimal digits', () => {
  fc.assert(fc.property(limits, fc.string(), (limit, text) => /^\d+$/.test(text) || !isAbove(limit, text)));
});

test('REC-8.7 matches numbers beyond what a computer counts', () => {
  expect(isAbove(2 ** 40, '9'.repeat(300))).toBe(true);
});

test('REC-8.7 stays within the 512 characters and without the captures that AWS WAF refuses', () => {
  fc.assert(fc.property(limits, (limit) => numberAbove(limit).length <= 512 && !/\((?!\?:)/.test(numberAbove(limit))));
});

test('REC-8.7 is one short pattern for the plain body limit', () => {
  expect(numberAbove(65_536)).toBe('^0*(?:[1-9]\\d{5,}|[7-9]\\d{4}|6[6-9]\\d{3}|65[6-9]\\d{2}|655[4-9]\\d|6553[7-9])$');
});

test.each([-1, 1.5, Number.NaN, 2 ** 53])('REC-8.7 refuses %p for a limit', (limit) => {
  expect(() => numberAbove(limit)).toThrow(`numberAbove: limit must be an integer of 0 to 9007199254740991, got ${limit}; round it`);
});
