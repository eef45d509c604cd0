import fc from 'fast-check';
import { snapshotName, tagValue } from '../../../cli/src/snapshot/name';

const now = new Date('2026-03-04T05:06:07.890Z');
const seed = { seed: 20_260_304, numRuns: 300 };

test('is the stage, the time in UTC and the reason', () => {
  expect(snapshotName('production', 'Before v2.1: new index!', now)).toBe('production-20260304t050607z-before-v2-1-new-index');
});

test.each([
  ['Änderung für Übermorgen', 'production-20260304t050607z-anderung-fur-ubermorgen'],
  ['再起動', 'production-20260304t050607z'],
  ['--', 'production-20260304t050607z'],
])('writes the reason %s in letters, digits and hyphens', (reason, name) => {
  expect(snapshotName('production', reason, now)).toBe(name);
});

test('begins with a letter, whatever the stage is called', () => {
  expect(snapshotName('2nd', 'x', now)).toBe('stage-2nd-20260304t050607z-x');
});

test('keeps to the rules of RDS for any stage and reason', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ unit: 'binary', maxLength: 300 }), (stage, reason) => {
      const name = snapshotName(stage, reason, now);
      expect(name).toMatch(/^[a-z](-?[a-z0-9])*$/);
      expect(name.length).toBeLessThanOrEqual(255);
    }),
    seed,
  );
});

test('is another one a second later', () => {
  const names = new Set([0, 1000].map((later) => snapshotName('dev', 'same', new Date(now.getTime() + later))));
  expect(names.size).toBe(2);
});

test('a tag holds what RDS takes, and at most 256 characters of it', () => {
  expect(tagValue('say "why" (v2)')).toBe('say _why_ _v2_');
  expect(tagValue('é'.repeat(300))).toHaveLength(256);
});
