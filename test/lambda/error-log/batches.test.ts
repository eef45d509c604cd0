import * as fc from 'fast-check';
import { batches } from '../../../lambda/error-log/batches';

const DAY = 24 * 60 * 60 * 1000;
const at = (timestamp: number, message = 'x') => ({ timestamp, message });
const sizes = (events: Parameters<typeof batches>[0]) => batches(events).map((batch) => batch.length);

test('keeps a few events together', () => {
  expect(sizes([at(1), at(2)])).toEqual([2]);
});

test('makes no batch of nothing', () => {
  expect(batches([])).toEqual([]);
});

test('puts events in order of time', () => {
  expect(batches([at(2), at(1)])[0].map(({ timestamp }) => timestamp)).toEqual([1, 2]);
});

test('keeps events of one millisecond in the order they came', () => {
  expect(batches([at(1, 'a'), at(1, 'b')])[0].map(({ message }) => message)).toEqual(['a', 'b']);
});

test('splits after ten thousand events', () => {
  expect(sizes(Array.from({ length: 10_001 }, () => at(1)))).toEqual([10_000, 1]);
});

test.each([
  ['keeps together what fills a batch to the byte', 524_288 - 26, [2]],
  ['splits one byte over a batch', 524_288 - 25, [1, 1]],
])('%s', (_fact, length, expected) => {
  expect(sizes([at(1, 'x'.repeat(524_288 - 26)), at(2, 'x'.repeat(length))])).toEqual(expected);
});

test('fills every batch anew', () => {
  expect(sizes([1, 2, 3, 4].map((time) => at(time, 'x'.repeat(524_288 - 26))))).toEqual([2, 2]);
});

test('counts bytes of UTF-8, not characters', () => {
  expect(sizes([at(1, 'ü'.repeat(300_000)), at(2, 'ü'.repeat(300_000))])).toEqual([1, 1]);
});

test.each([
  ['keeps together what lies within a day', DAY - 1, [2]],
  ['splits what spans a day', DAY, [1, 1]],
])('%s', (_fact, later, expected) => {
  expect(sizes([at(0), at(later)])).toEqual(expected);
});

test('loses and repeats no event', () => {
  const events = fc.array(fc.record({ timestamp: fc.nat(5 * DAY), message: fc.string() }), { maxLength: 50 });
  fc.assert(
    fc.property(events, (given) => {
      const text = (list: typeof given) =>
        list
          .map((event) => JSON.stringify(event))
          .toSorted()
          .join();
      return text(batches(given).flat()) === text(given);
    }),
  );
});
