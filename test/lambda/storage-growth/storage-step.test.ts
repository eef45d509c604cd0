import fc from 'fast-check';
import { isStep, nextStorage, usedPercent } from '../../../lambda/storage-growth/storage-step';

const seed = { seed: 5006, numRuns: 1000 };
const sizes = fc.integer({ min: 20, max: 1024 });

test.each([
  [100, 120],
  [101, 122],
  [500, 600],
  [20, 30],
  [50, 60],
])('REC-5.6 a disk of %d GiB grows to %d, by a fifth or 10 GiB', (from, to) => {
  expect(nextStorage(from, 1024)).toBe(to);
});

test.each([
  [900, 1024],
  [853, 1024],
  [792, 1024],
  [930, 1024],
])('REC-5.6 a disk of %d GiB grows to the limit of %d at once, where no further step would be left', (from, to) => {
  expect(nextStorage(from, 1024)).toBe(to);
});

test.each([931, 1000, 1024, 2000])('a disk of %d GiB has no step left that RDS takes', (from) => {
  expect(nextStorage(from, 1024)).toBeUndefined();
});

test('REC-5.6 grows by 20 % or 10 GiB at least, never beyond the limit, never smaller, by a step that RDS takes', () => {
  fc.assert(
    fc.property(sizes, sizes, (from, limit) => {
      const to = nextStorage(from, limit);
      const step = Math.max(10, Math.ceil(from / 5));
      expect([undefined, limit, from + step]).toContain(to);
      expect(to !== undefined).toBe(isStep(from, limit));
      expect(to ?? limit).toBeLessThanOrEqual(limit);
      expect(to ?? from + step).toBeGreaterThanOrEqual(Math.min(from + step, limit));
      expect(isStep(from, to ?? 2 * from)).toBe(true);
    }),
    seed,
  );
});

test('REC-5.6 reaches the limit from every size that has a step left, in at most 21 steps', () => {
  fc.assert(
    fc.property(sizes, (from) => {
      let [size, steps] = [from, 0];
      for (let next = nextStorage(size, 1024); next !== undefined; next = nextStorage(size, 1024)) {
        size = next;
        steps += 1;
      }
      expect(size).toBe(isStep(from, 1024) ? 1024 : from);
      expect(steps).toBeLessThanOrEqual(21);
    }),
    seed,
  );
});

test.each([
  [100, 100, 0],
  [100, 15, 85],
  [200, 0, 100],
])('%d GiB with %d free are %d %% full', (allocated, free, percent) => {
  expect(usedPercent(allocated, free * 1024 ** 3)).toBeCloseTo(percent, 10);
});
