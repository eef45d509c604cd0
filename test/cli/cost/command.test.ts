import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../../../cli/src/program';
import { resource, type Resources } from './builder';

const directory = mkdtempSync(join(tmpdir(), 'plinth-cost-'));
afterAll(() => rmSync(directory, { recursive: true }));

const key = resource('AWS::KMS::Key');
const small: Resources = { Key: key, Bus: resource('AWS::Events::EventBus') };
const large: Resources = Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`Key${index}`, key]));

/** An assembly of one stack, whose resources make it the stage dev. */
function assembly(resources: Resources): string {
  const tagged = Object.entries(resources).map(([id, one]) => [
    id,
    { ...one, Properties: { ...one.Properties, Tags: [{ Key: 'environment', Value: 'dev' }] } },
  ]);
  const artifact = {
    type: 'aws:cloudformation:stack',
    environment: 'aws://111111111111/eu-west-1',
    properties: { templateFile: 'S.json' },
  };
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ artifacts: { S: artifact } }));
  writeFileSync(join(directory, 'S.json'), JSON.stringify({ Resources: Object.fromEntries(tagged) }));
  return directory;
}

async function plinth(...tokens: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runProgram(['cost', ...tokens], {
    directory,
    environment: {},
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  });
  return { code, out, err };
}

function usageFile(text: string): string {
  writeFileSync(join(directory, 'usage.json'), text);
  return 'usage.json';
}

test('ends with 0 within the budget', async () => {
  expect((await plinth(assembly(small))).code).toBe(0);
});

test('ends with 1 over the budget', async () => {
  expect((await plinth(assembly(large))).code).toBe(1);
});

test('ends with 0 where a stage has no budget', async () => {
  const usage = usageFile(JSON.stringify({ dev: { profile: 'staging' } }));

  expect((await plinth(assembly(large), '--usage', usage)).code).toBe(0);
});

test('prints each stage with its lines as JSON', async () => {
  const { out } = await plinth(assembly({ Key: key }), '--json');
  const { stages } = JSON.parse(out.join('\n'));

  expect(stages).toMatchObject([
    {
      stage: 'dev',
      monthlyUsd: 1.06,
      band: [100, 200],
      lines: [
        { service: 'KMS', resource: 'S/Key', usd: 1, basis: '1 key x 1' },
        { service: 'KMS', resource: 'S/Key', usd: 0.06, basis: '0.02 million requests x 3' },
      ],
      unpriced: [],
    },
  ]);
});

test('prints what it could not price as JSON', async () => {
  const { out } = await plinth(assembly(small), '--json');

  expect(JSON.parse(out.join('\n')).stages[0].unpriced).toEqual([
    { type: 'AWS::Events::EventBus', resource: 'S/Bus', reason: 'its type has no price' },
  ]);
});

test('prints a table of at most 100 columns', async () => {
  const { out } = await plinth(assembly(large), '--lines');

  expect(Math.max(...out.map(({ length }) => length))).toBeLessThanOrEqual(100);
});

test.each([
  'dev: 1.06 USD a month, budget 100 to 200: under',
  '  KMS                                     1.06',
  '  NOT in the sum (1):',
  '    1 x AWS::Events::EventBus: its type has no price',
  '  used like dev: 10000 requests a day, all else as documented',
  '  prices are those of us-east-1, but the stage goes to eu-west-1',
])('prints in the table: %s', async (line) => {
  expect((await plinth(assembly(small))).out).toContain(line);
});

test('prints each line with its basis when asked', async () => {
  expect((await plinth(assembly(small), '--lines')).out).toContain('  S/Key                                   1.00  1 key x 1');
});

test('marks the lines and the sum of prices from memory', async () => {
  const { out } = await plinth(assembly({ Topic: resource('AWS::SNS::Topic') }), '--lines');

  expect(out.filter((line) => line.includes('*'))).toEqual([
    '  S/Topic                                 0.01  0.01 million requests x 0.5 *',
    '  * 0.01 USD of it rest on prices that were not verified',
  ]);
});

test('prints what a usage file changed', async () => {
  const usage = usageFile(JSON.stringify({ dev: { keyRequests: 0 } }));
  const { out } = await plinth(assembly(small), '--usage', usage);

  expect(out.slice(out.indexOf('  used like dev: 10000 requests a day'), -2)).toEqual([
    '  used like dev: 10000 requests a day',
    '    keyRequests: 0',
  ]);
});

test.each([
  ['a file that is not there', () => 'none.json', ['plinth cost: none.json: --usage must be a file, found none; correct the path']],
  [
    'a file that is not JSON',
    () => usageFile('{'),
    ['plinth cost: usage.json: --usage must be JSON, got something else; correct the file'],
  ],
  [
    'faults in the file',
    () => usageFile(JSON.stringify({ prod: {}, dev: { natGb: 'much' } })),
    [
      'plinth cost: usage.json: usage must be of the stages dev, got "prod"; rename or remove it\n' +
        'plinth cost: usage.json: dev.natGb must be a number of at least 0, got "much"; correct it',
    ],
  ],
])('ends with 2 and says why at %s', async (_, file, messages) => {
  const { code, err } = await plinth(assembly(small), '--usage', file());

  expect([code, err]).toEqual([2, messages]);
});

test('ends with 2 where there is no assembly', async () => {
  const { code, err } = await plinth('nowhere');

  expect([code, err]).toEqual([2, ['plinth: ASSEMBLY must be a directory that `cdk synth` wrote, got nowhere; it is not there']]);
});
