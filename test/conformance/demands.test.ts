import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEMANDS } from '../../lib/conformance/demands';
import { PROOFS } from '../../lib/conformance/proofs';
import { REQUIREMENTS } from '../../lib/conformance/requirements';

const root = join(__dirname, '..', '..');
const ids = DEMANDS.map(({ id }) => id);

test.each([
  ['REC', 103],
  ['CTX', 43],
  ['VEC', 22],
  ['AST', 29],
  ['DOC', 35],
])('%s has %i demands', (prefix, count) => {
  expect(ids.filter((id) => id.startsWith(`${prefix}-`))).toHaveLength(count);
});

test('every demand stands once', () => {
  expect(ids).toEqual([...new Set(ids)]);
});

test('every demand has a kind and a sentence', () => {
  const odd = DEMANDS.filter(({ kind, ask }) => !['template', 'runtime', 'process'].includes(kind) || ask.length < 10);

  expect(odd).toEqual([]);
});

test('every check and every proof is of a demand', () => {
  const judged = [...REQUIREMENTS, ...PROOFS].map(({ demand }) => demand);

  expect(judged.filter((id) => !ids.includes(id))).toEqual([]);
});

test('every template demand that is checked needs no proof besides', () => {
  const proven = PROOFS.map(({ demand }) => DEMANDS.find(({ id }) => id === demand)!);

  expect(proven.filter(({ kind }) => kind === 'template')).toEqual([]);
});

test('every runtime demand that is checked has a proof', () => {
  const proven = PROOFS.map(({ demand }) => demand);
  const runtime = REQUIREMENTS.map(({ demand }) => DEMANDS.find(({ id }) => id === demand)!).filter(({ kind }) => kind !== 'template');

  expect(runtime.filter(({ id }) => !proven.includes(id))).toEqual([]);
});

test('every named test stands in a file that names its suite', () => {
  const named = PROOFS.flatMap(({ tests }) => tests);
  const strays = named.filter(({ file, title }) => {
    const path = join(root, file);
    const suites = existsSync(path) ? [...readFileSync(path, 'utf8').matchAll(/describe\('([^']+)'/g)].map(([, suite]) => suite) : [];
    return !suites.some((suite) => title.startsWith(`${suite} `));
  });

  expect(strays).toEqual([]);
});
