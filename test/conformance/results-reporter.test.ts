import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestResults } from '../../lib/conformance/test-results';

interface Reporter {
  onRunComplete(contexts: ReadonlySet<never>, results: { readonly testResults: readonly unknown[] }): void;
}

const ResultsReporter: new (config: { readonly rootDir: string; readonly testNamePattern?: string }) => Reporter =
  jest.requireActual('../support/results-reporter.js');

const root = mkdtempSync(join(tmpdir(), 'plinth-results-'));
const written = () => JSON.parse(readFileSync(join(root, '.test-results.json'), 'utf8'));

function run(file: string, status: string, config: { readonly testNamePattern?: string } = {}): void {
  writeFileSync(join(root, file), file);
  report([file], status, config);
}

function report(files: readonly string[], status: string, config: { readonly testNamePattern?: string } = {}): void {
  const testResults = files.map((file) => ({
    testFilePath: join(root, file),
    testResults: [{ fullName: `${file} holds`, status }],
  }));
  new ResultsReporter({ rootDir: root, ...config }).onRunComplete(new Set(), { testResults });
}

test('a test that passed is current', () => {
  run('a.test.ts', 'passed');

  expect(TestResults.in(root).outcome({ file: 'a.test.ts', title: 'a.test.ts holds' })).toBe('passed');
});

test('a test that did not run is skipped', () => {
  run('b.test.ts', 'pending');

  expect(written()).toContainEqual(expect.objectContaining({ file: 'b.test.ts', outcome: 'skipped' }));
});

test('a run keeps the results of other files', () => {
  run('c.test.ts', 'passed');
  run('d.test.ts', 'passed');

  expect(written().map(({ file }: { readonly file: string }) => file)).toEqual(expect.arrayContaining(['c.test.ts', 'd.test.ts']));
});

test('a run replaces the results of its file', () => {
  run('e.test.ts', 'passed');
  run('e.test.ts', 'failed');

  expect(written().filter(({ file }: { readonly file: string }) => file === 'e.test.ts')).toMatchObject([{ outcome: 'failed' }]);
});

test('a run of some tests of a file replaces nothing', () => {
  run('f.test.ts', 'passed');
  run('f.test.ts', 'pending', { testNamePattern: 'other' });

  expect(written().filter(({ file }: { readonly file: string }) => file === 'f.test.ts')).toMatchObject([{ outcome: 'passed' }]);
});

test('a file that vanished during the run leaves no results, and those of the others', () => {
  run('g.test.ts', 'passed');
  rmSync(join(root, 'g.test.ts'));
  writeFileSync(join(root, 'h.test.ts'), 'h');

  report(['g.test.ts', 'h.test.ts'], 'passed');

  const files = written().map(({ file }: { readonly file: string }) => file);
  expect(files).toContain('h.test.ts');
  expect(files).not.toContain('g.test.ts');
});
