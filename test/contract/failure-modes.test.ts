import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const MODES = 29;

const reliability = readFileSync(join(ROOT, 'docs', 'reliability.md'), 'utf8');
const rows = new Map(
  [...reliability.matchAll(/^\| (\d+) \|[^|]+\| (.+) \|$/gm)].map(([, mode, files]) => [
    Number(mode),
    [...files.matchAll(/`([^`]+)`/g)].map(([, file]) => file),
  ]),
);

test('docs/reliability.md has every failure mode of webhooks and jobs', () => {
  expect([...rows.keys()]).toEqual(Array.from({ length: MODES }, (_, at) => at + 1));
});

test.each([...rows])('failure mode %i has tests where docs/reliability.md says', (mode, files) => {
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    const source = readFileSync(join(ROOT, 'test', `${file}.test.ts`), 'utf8');
    expect(source.match(new RegExp(`failure mode ${mode}:`))?.[0]).toBe(`failure mode ${mode}:`);
  }
});
