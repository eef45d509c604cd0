// Writes service/categories.json: `npx tsx examples/recommendation-api/data/categories.ts`. The same input gives the same bytes.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Category } from '../service/category';
import { type Group, type Program, PROGRAMS } from './programs';
import { type Subject, subjectsOf } from './subjects';

export const FILE = join(__dirname, '..', 'service', 'categories.json');

/** Every program's groups, and every category of a group crossed with its subjects. */
export function categories(): Category[] {
  return PROGRAMS.flatMap((program) =>
    program.groups.flatMap((group) =>
      group.categories.flatMap(([name, sentence]) =>
        group.axis === undefined
          ? [category(program, group, name, sentence, group.taxonomies)]
          : subjectsOf(group.axis).map((subject) => crossed(program, group, [name, sentence], subject)),
      ),
    ),
  );
}

/** The file's text: a category a line, so that a change is a line's difference. */
export function fileText(all: readonly Category[] = categories()): string {
  return `[\n${all.map((one) => JSON.stringify(one)).join(',\n')}\n]\n`;
}

function crossed(program: Program, group: Group, [name, sentence]: readonly [string, string], subject: Subject): Category {
  const taxonomies = [...group.taxonomies, `${group.axis}:${slug(subject.name)}`];
  return category(program, group, `${name}: ${subject.name}`, sentence.replace('{}', subject.words), taxonomies);
}

function category(program: Program, group: Group, name: string, description: string, taxonomies: readonly string[]): Category {
  const id = slug(name);
  return {
    id,
    name,
    group: group.name,
    description,
    metadata: { url: `https://awards.example.com/${slug(program.name)}/${id}`, program: program.name },
    taxonomies: [...taxonomies],
  };
}

function slug(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

if (require.main === module) writeFileSync(FILE, fileText());
