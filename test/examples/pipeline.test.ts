import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseArguments } from '../../cli/src/arguments';
import { commands } from '../../cli/src/commands';
import manifest from '../../package.json';

const root = join(__dirname, '..', '..');
const text = readFileSync(join(root, 'examples', 'pipeline', 'github-actions.yml'), 'utf8');

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
}

interface Workflow {
  readonly jobs: { readonly [name: string]: { readonly needs?: string; readonly environment?: string; readonly steps: readonly Step[] } };
}

const { jobs } = parse(text) as Workflow;
const steps = Object.values(jobs).flatMap((job) => job.steps);
const lines = [...new Set(steps.flatMap(({ run = '' }) => run.split('\n')).filter((line) => line.trim() !== ''))];

/** The words of a line of shell that has quotes and nothing else that a shell would read. */
function words(line: string): string[] {
  return [...line.replaceAll(/\$\{\{[^}]*\}\}/g, 'value').matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare);
}

/** Why a line could not run in this project, if it could not. */
function fault(line: string): string | undefined {
  const [program, first, ...rest] = words(line);
  if (program === 'npm' && ['ci', 'test'].includes(first)) return undefined;
  if (program === 'npm' && first === 'run') return rest[0] in manifest.scripts ? undefined : `no script ${rest[0]}`;
  if (program !== 'npx') return `no program ${program}`;
  if (first === 'cdk') return existsSync(join(root, 'node_modules', '.bin', 'cdk')) ? undefined : 'no cdk';
  const command = first === 'plinth' && commands.find(({ name }) => name === rest[0]);
  if (!command) return `no command ${[first, rest[0]].join(' ')}`;
  try {
    parseArguments(command, rest.slice(1));
    return undefined;
  } catch (error) {
    return String(error);
  }
}

test.each(lines)('REC-2.14 the pipeline runs what there is: %s', (line) => {
  expect(fault(line)).toBeUndefined();
});

test.each([
  ['npm run synthesise', 'no script synthesise'],
  ['npx plinth snapshots --stage x', 'no command plinth snapshots'],
  ['npx plinth snapshot --stages x', 'Error: plinth snapshot: --stages must be one of its flags; see `plinth snapshot --help`'],
  ['make deploy', 'no program make'],
])('the check would refuse %s', (line, expected) => {
  expect(fault(line)).toBe(expected);
});

test('REC-2.14 the pipeline takes a snapshot of production before it deploys it', () => {
  const run = jobs.production.steps.map((step) => step.run ?? '');
  const snapshot = run.findIndex((line) => line.startsWith('npx plinth snapshot --stage production --reason '));
  const deploy = run.findIndex((line) => line.startsWith('npx cdk deploy "production/*"'));

  expect(snapshot).toBeGreaterThanOrEqual(0);
  expect(deploy).toBeGreaterThan(snapshot);
  expect(run[snapshot]).not.toContain('--no-wait');
  expect(run.filter((line) => line.includes('cdk deploy'))).toHaveLength(1);
});

test('production is deployed after staging, and staging after the checks', () => {
  expect([jobs.production.needs, jobs.staging.needs]).toEqual(['staging', 'check']);
  expect(jobs.check.steps.map(({ run }) => run)).toEqual(expect.arrayContaining(['npm test', 'npm run synth', 'npx plinth cost cdk.out']));
});

test('what is deployed is what was judged', () => {
  const deploys = lines.filter((line) => line.includes('cdk deploy'));

  expect(deploys).toHaveLength(2);
  for (const line of deploys) expect(words(line).join(' ')).toContain('--app cdk.out');
  expect(steps.filter(({ run }) => run?.includes('synth'))).toHaveLength(1);
});

test('the page shows the commands of the example', () => {
  const page = readFileSync(join(root, 'docs', 'pipeline.md'), 'utf8');

  for (const line of lines) expect(page).toContain(line.replace('${{ github.sha }}', '<commit>'));
});
