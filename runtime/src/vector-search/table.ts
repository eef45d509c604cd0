const NAME = /^[a-z_][a-z0-9_]{0,39}$/;
const MOST_DIMENSIONS = 2_000;

/** The schema that the platform's bootstrap makes. */
const SCHEMA = 'app';
export const DIMENSIONS = 1_536;
/** The dictionary that words are stemmed by. */
export const LANGUAGE = 'english';

/** The name with its schema, checked, as it goes into statements. */
export function qualified(name: string): string {
  if (NAME.test(name)) return `${SCHEMA}.${name}`;
  throw new Error(`vector table: the name must be 1 to 40 of a-z, 0-9 and _, not beginning with a digit, got ${JSON.stringify(name)}`);
}

export function checkDimensions(dimensions: number): number {
  if (Number.isInteger(dimensions) && dimensions >= 1 && dimensions <= MOST_DIMENSIONS) return dimensions;
  throw new Error(
    `vector table: dimensions must be a whole number from 1 to ${MOST_DIMENSIONS}, which is what HNSW takes, got ${dimensions}`,
  );
}

export const embeddingIndex = (name: string): string => `${SCHEMA}.${name}_embedding`;

/**
 * The DDL of a vector table and its indexes, a statement each, for a migration of kind `expand`. The extension `vector` and the schema
 * `app` must be there.
 *
 * @example
 * writeFileSync('migrations/0001-categories.expand.sql', vectorTable('categories').map((statement) => `${statement};\n`).join('\n'));
 */
export function vectorTable(name: string, { dimensions = DIMENSIONS }: { readonly dimensions?: number } = {}): string[] {
  const table = qualified(name);
  return [
    [
      `CREATE TABLE ${table} (`,
      `  id text PRIMARY KEY,`,
      `  embedding vector(${checkDimensions(dimensions)}) NOT NULL,`,
      `  content text NOT NULL,`,
      `  metadata jsonb NOT NULL DEFAULT '{}',`,
      `  enrichments jsonb NOT NULL DEFAULT '{}',`,
      `  created_at timestamptz NOT NULL DEFAULT now(),`,
      `  updated_at timestamptz NOT NULL DEFAULT now(),`,
      `  search tsvector GENERATED ALWAYS AS (to_tsvector('${LANGUAGE}', content)) STORED`,
      `)`,
    ].join('\n'),
    `CREATE INDEX ${name}_embedding ON ${table} USING hnsw (embedding vector_cosine_ops) WITH (m = 16, ef_construction = 128)`,
    `CREATE INDEX ${name}_search ON ${table} USING gin (search)`,
    `CREATE INDEX ${name}_url ON ${table} ((metadata->>'url'))`,
    `CREATE INDEX ${name}_taxonomies ON ${table} USING gin ((enrichments->'taxonomies') jsonb_path_ops)`,
    `CREATE INDEX ${name}_created_at ON ${table} (created_at DESC)`,
  ];
}
