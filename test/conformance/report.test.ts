import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AssemblyStage } from '../../lib/assembly';
import { every } from '../../lib/conformance/assertions';
import { equals } from '../../lib/conformance/predicates';
import { reportOn } from '../../lib/conformance/report';
import { requirement } from '../../lib/conformance/requirement';
import { resources } from '../../lib/conformance/selectors';
import { RESULTS_FILE } from '../../lib/conformance/test-results';
import { stageOf } from './support';

const queues = resources('AWS::SQS::Queue');
const checks = ['T-1', 'R-1'].map((demand) => requirement(demand, queues, every('a queue', queues, 'DelaySeconds', equals(1))));
const proofs = [
  { demand: 'R-1', files: [], tests: [{ file: 'a.test.js', title: 'queue delays' }] },
  { demand: 'R-2', files: [], tests: [{ file: 'a.test.js', title: 'queue delays' }] },
  { demand: 'P-1', files: ['runbook.md'], tests: [] },
];
const demands = ['T-1', 'T-2', 'R-1', 'R-2', 'P-1'].map((id) => ({ id, ask: 'a demand', kind: 'any' }));

const queue = (DelaySeconds: number, name: string): AssemblyStage => ({
  ...stageOf({ [name]: { Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds } } } } }),
  name,
});

const TEXT = "test('queue delays')";
const sha256 = createHash('sha256').update(TEXT).digest('hex');

interface Project {
  readonly outcome?: string;
  readonly hash?: string;
  readonly results?: string;
  readonly files?: readonly string[];
}

function project({ outcome = 'passed', hash = sha256, results, files = ['runbook.md'] }: Project = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'plinth-project-'));
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, 'a.test.js'), TEXT);
  for (const file of files) writeFileSync(join(root, file), '');
  const all = [{ file: 'a.test.js', title: 'queue delays', outcome, sha256: hash }];
  writeFileSync(join(root, RESULTS_FILE), results ?? JSON.stringify(all));
  return root;
}

function reportOf(id: string, stages: readonly AssemblyStage[] = [queue(1, 'one')], root: string = project()) {
  return reportOn(stages, { root, demands, requirements: checks, proofs }).find((demand) => demand.id === id)!;
}

test('a demand is met with evidence', () => {
  expect(reportOf('T-1')).toMatchObject({
    status: 'met',
    stages: { one: { status: 'met', evidence: [{ stack: 'one', logicalId: 'Queue', path: 'Properties.DelaySeconds', value: 1 }] } },
  });
});

test('a demand is what it is in the worst of its stages', () => {
  expect(reportOf('T-1', [queue(1, 'one'), queue(2, 'two')])).toMatchObject({
    status: 'unmet',
    stages: { one: { status: 'met' }, two: { status: 'unmet', reason: 'a queue: DelaySeconds must be 1, got 2' } },
  });
});

test('a demand without a check is planned', () => {
  expect(reportOf('T-2')).toMatchObject({ status: 'planned', stages: {} });
});

test('a demand about nothing that is there does not apply', () => {
  expect(reportOf('T-1', [stageOf({ empty: {} })]).status).toBe('not-applicable');
});

test('a runtime demand is met by tests that passed', () => {
  expect(reportOf('R-2')).toMatchObject({ status: 'met', tests: ['a.test.js: queue delays'] });
});

test.each<[string, Project]>([
  ['without results', { results: '[]' }],
  ['with broken results', { results: '{' }],
  ['whose tests were skipped', { outcome: 'skipped' }],
  ['whose test file has changed since', { hash: '0'.repeat(64) }],
])('a runtime demand %s is unmet', (_, props) => {
  expect(reportOf('R-2', [], project(props))).toMatchObject({ status: 'unmet', reason: 'not run: npm test' });
});

test('a runtime demand whose test failed is unmet', () => {
  expect(reportOf('R-2', [], project({ outcome: 'failed' }))).toMatchObject({ status: 'unmet', reason: 'failed: queue delays' });
});

test('a runtime demand is unmet where what was tested is not deployed', () => {
  expect(reportOf('R-1', [queue(2, 'one')])).toMatchObject({ status: 'unmet', stages: { one: { status: 'unmet' } } });
});

test('a runtime demand about nothing that is deployed does not apply', () => {
  expect(reportOf('R-1', [stageOf({ empty: {} })]).status).toBe('not-applicable');
});

test('a process demand is met by files that exist', () => {
  expect(reportOf('P-1')).toMatchObject({ status: 'met', files: ['runbook.md'] });
});

test('a process demand without its files is unmet', () => {
  expect(reportOf('P-1', [], project({ files: [] }))).toMatchObject({ status: 'unmet', reason: 'there must be runbook.md' });
});
