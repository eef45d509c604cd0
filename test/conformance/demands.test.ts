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

/** The texts in a file, up to the first value that is filled in: titles of tests begin with one. */
function textsOf(file: string): string[] {
  const source = existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : '';
  const texts = [...source.matchAll(/(['"`])((?:(?!\1)[^\n])+)\1/g)].map(([, , text]) => text.split(/%|\$/)[0]);
  return texts.filter((text) => text.length >= 10);
}

test('every named test stands in its file', () => {
  const named = PROOFS.flatMap(({ tests }) => tests);
  const texts = new Map([...new Set(named.map(({ file }) => file))].map((file) => [file, textsOf(file)]));
  const strays = named.filter(({ file, title }) => !texts.get(file)?.some((text) => title.includes(text)));

  expect(strays).toEqual([]);
});
