import { closed, COMMON_COMPONENTS } from '../../../shared/api/operation';
import type { JsonSchema } from '../../../shared/api/schema';

const words = (description: string): JsonSchema => ({ type: 'string', description });
const time = (description: string): JsonSchema => ({ type: 'string', format: 'date-time', description });

const CATEGORY = {
  id: words('A slug; never another category.'),
  name: words('The name of the award category.'),
  group: words('The group it belongs to.'),
  program: words('The award program it belongs to.'),
  description: words('What the award is for, in one sentence.'),
  url: { type: 'string', format: 'uri', description: 'The page of the category.' },
} satisfies { [name: string]: JsonSchema };

/** The shapes that answers have, by name. */
export const COMPONENTS = {
  Category: closed({
    ...CATEGORY,
    taxonomies: { type: 'array', items: { type: 'string' }, description: 'What it is about, as tags.' },
    createdAt: time('When it was first stored.'),
  }),
  CategoryPage: closed(
    {
      categories: { type: 'array', maxItems: 100, items: { $ref: '#/components/schemas/Category' } },
      nextCursor: words('What to give as cursor for the next page; missing on the last.'),
    },
    ['categories'],
  ),
  Recommendations: closed({
    recommendations: {
      type: 'array',
      maxItems: 50,
      items: closed({
        ...CATEGORY,
        score: { type: 'number', description: 'Cosine similarity of text and category; 1 is the same.' },
        createdAt: time('When it was first stored.'),
      }),
    },
    model: words('The embedding model that compared them.'),
    cached: { type: 'boolean', description: 'Whether the answer was made for an earlier request.' },
  }),
  Session: closed({
    id: words('The value of the cookie.'),
    createdAt: time('When it was made.'),
    queries: {
      type: 'array',
      description: 'The last queries, the newest first; the oldest leave when there are ten or they take over 4 KB.',
      items: closed({ text: words('What was asked.'), at: time('When.') }),
    },
  }),
  ...COMMON_COMPONENTS,
} as const satisfies { readonly [name: string]: JsonSchema };

export function ref(name: keyof typeof COMPONENTS): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}
