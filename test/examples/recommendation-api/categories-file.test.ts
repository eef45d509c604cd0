import { readFileSync } from 'node:fs';
import { categories, FILE, fileText } from '../../../examples/recommendation-api/data/categories';

const all = categories();

test('the committed file is what the script writes', () => {
  expect(readFileSync(FILE, 'utf8')).toBe(fileText());
});

test('REC-2.12 there are 1,348 categories', () => {
  expect(all).toHaveLength(1_348);
});

test.each(['id', 'name', 'description'] as const)('no two categories have one %s', (field) => {
  expect(new Set(all.map((category) => category[field])).size).toBe(all.length);
});

test('every id is a slug', () => {
  expect(all.filter(({ id }) => !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(id))).toEqual([]);
});

test('every description is a sentence with its subject put in', () => {
  expect(all.filter(({ description }) => !/^For [^{}]+\.$/.test(description))).toEqual([]);
});

test('every category has a page of its own, a program and tags', () => {
  expect(new Set(all.map(({ metadata }) => metadata.url)).size).toBe(all.length);
  expect(all.filter(({ metadata, taxonomies }) => metadata.program === '' || taxonomies.length < 2)).toEqual([]);
});
