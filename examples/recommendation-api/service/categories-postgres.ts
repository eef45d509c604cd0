import type { Database } from 'plinth-runtime/database';
import type { Match, SearchFilter, VectorSearch } from 'plinth-runtime/vector-search';
import type {
  Categories,
  CategoryFilter,
  CategoryPageRequest,
  CategorySearch,
  EmbeddedCategory,
  Recommendation,
  StoredCategory,
} from './categories';
import type { Category } from './category';
import { categoryText } from './seeding';

interface Row {
  readonly id: string;
  readonly metadata: Metadata;
  readonly enrichments: { readonly taxonomies: readonly string[] };
  readonly created_at: Date;
}

type Metadata = Pick<StoredCategory, 'name' | 'group' | 'program' | 'description' | 'url'>;

const COLUMNS = 'id, metadata, enrichments, created_at';

/** Categories in the vector table: the text with its embedding, what is answered as metadata, tags and fingerprint as enrichments. */
export class CategoriesPostgres implements Categories {
  constructor(
    private readonly database: Pick<Database, 'read' | 'write'>,
    private readonly vectors: VectorSearch,
  ) {}

  async search({ limit, filter, signal }: CategorySearch, embedding: readonly number[]): Promise<Recommendation[]> {
    const matches = await this.vectors.nearest({ embedding, limit, filter: filterOf(filter), signal });
    return matches.map(recommendation);
  }

  async searchWords({ text, limit, filter, signal }: CategorySearch): Promise<Recommendation[]> {
    const query = anyOfWords(text);
    if (query === '') return [];
    const matches = await this.vectors.text({ query, limit, filter: filterOf(filter), signal });
    return matches.map(recommendation);
  }

  async page({ after, limit, group, program, signal }: CategoryPageRequest): Promise<StoredCategory[]> {
    const rows = await this.database.read.query<Row>(
      `SELECT ${COLUMNS} FROM app.categories
        WHERE ($1::text IS NULL OR id > $1) AND ($2::text IS NULL OR metadata->>'group' = $2) AND ($3::text IS NULL OR metadata->>'program' = $3)
        ORDER BY id LIMIT $4`,
      [after ?? null, group ?? null, program ?? null, limit],
      { signal },
    );
    return rows.map(stored);
  }

  async get(id: string, signal: AbortSignal): Promise<StoredCategory | undefined> {
    const rows = await this.database.read.query<Row>(`SELECT ${COLUMNS} FROM app.categories WHERE id = $1`, [id], { signal });
    return rows.map(stored).at(0);
  }

  async fingerprints(signal?: AbortSignal): Promise<Map<string, string>> {
    // Of the primary: a replica may not have yet what was stored a moment ago.
    const rows = await this.database.write.query<{ id: string; fingerprint: string | null }>(
      "SELECT id, enrichments->>'fingerprint' AS fingerprint FROM app.categories",
      [],
      { signal },
    );
    return new Map(rows.map(({ id, fingerprint }) => [id, fingerprint ?? '']));
  }

  async save(categories: readonly EmbeddedCategory[]): Promise<void> {
    await this.vectors.upsert(
      categories.map(({ category, embedding, fingerprint }) => ({
        id: category.id,
        embedding,
        content: categoryText(category),
        metadata: metadataOf(category),
        enrichments: { taxonomies: [...category.taxonomies], fingerprint },
      })),
    );
  }
}

function filterOf({ group, program, taxonomies, createdAfter }: CategoryFilter): SearchFilter {
  return {
    metadata: { ...(group !== undefined && { group }), ...(program !== undefined && { program }) },
    taxonomies,
    createdAfter: createdAfter === undefined ? undefined : new Date(createdAfter),
  };
}

/** What a search by words takes. */
const MOST_BYTES = 1_000;

/** A description in a user's words shares some with a category, hardly ever all: any of them counts. */
function anyOfWords(text: string): string {
  const words = new Set(text.toLowerCase().match(/[\p{L}\p{N}]{3,20}/gu) ?? []);
  let query = '';
  for (const word of words) {
    const longer = query === '' ? word : `${query} or ${word}`;
    if (Buffer.byteLength(longer) > MOST_BYTES) break;
    query = longer;
  }
  return query;
}

function metadataOf({ name, group, description, metadata }: Category) {
  return { name, group, program: metadata.program, description, url: metadata.url };
}

function stored({ id, metadata, enrichments, created_at }: Row): StoredCategory {
  return { id, ...fieldsOf(metadata), taxonomies: enrichments.taxonomies, createdAt: created_at.toISOString() };
}

function recommendation({ id, score, metadata, createdAt }: Match): Recommendation {
  return { id, ...fieldsOf(metadata as unknown as Metadata), score, createdAt: createdAt.toISOString() };
}

function fieldsOf({ name, group, program, description, url }: Metadata): Metadata {
  return { name, group, program, description, url };
}
