import { MemoryCacheStore } from 'plinth-runtime/cache';
import { DatabaseUnavailableError } from 'plinth-runtime/database';
import { type EmbedOptions, type Embeddings, LocalEmbedder, ProviderError } from 'plinth-runtime/provider';
import type {
  Categories,
  CategoryFilter,
  CategoryPageRequest,
  CategorySearch,
  EmbeddedCategory,
  Recommendation,
  StoredCategory,
} from '../../../examples/recommendation-api/service/categories';

export const CREATED_AT = '2026-01-02T03:04:05.000Z';

/** Categories in memory, and a database that can be away. */
export class FakeCategories implements Categories {
  readonly rows = new Map<string, EmbeddedCategory>();
  away = false;
  searches = 0;

  async search({ limit, filter }: CategorySearch, embedding: readonly number[]): Promise<Recommendation[]> {
    this.searches += 1;
    this.answer();
    const scored = this.passing(filter).map((row) => ({ row, score: cosine(row.embedding, embedding) }));
    return scored
      .toSorted((one, other) => other.score - one.score)
      .slice(0, limit)
      .map(({ row, score }) => recommendation(row, score));
  }

  async searchWords({ text, limit, filter }: CategorySearch): Promise<Recommendation[]> {
    this.answer();
    const words = text.toLowerCase().split(' ');
    const found = this.passing(filter).filter(({ category }) => words.some((word) => category.description.includes(word)));
    return found.slice(0, limit).map((row) => recommendation(row, 1));
  }

  async page({ after = '', limit, group, program }: CategoryPageRequest): Promise<StoredCategory[]> {
    this.answer();
    const ids = this.passing({ group, program }).filter(({ category }) => category.id > after);
    return ids
      .toSorted((one, other) => (one.category.id < other.category.id ? -1 : 1))
      .slice(0, limit)
      .map(stored);
  }

  async get(id: string): Promise<StoredCategory | undefined> {
    this.answer();
    const row = this.rows.get(id);
    return row && stored(row);
  }

  async fingerprints(): Promise<Map<string, string>> {
    this.answer();
    return new Map([...this.rows].map(([id, { fingerprint }]) => [id, fingerprint]));
  }

  async save(categories: readonly EmbeddedCategory[]): Promise<void> {
    this.answer();
    for (const one of categories) this.rows.set(one.category.id, one);
  }

  private answer(): void {
    if (this.away) throw new DatabaseUnavailableError('the database is away', false);
  }

  private passing({ group, program, taxonomies = [], createdAfter = '' }: CategoryFilter): EmbeddedCategory[] {
    return [...this.rows.values()].filter(
      ({ category }) =>
        (group === undefined || category.group === group) &&
        (program === undefined || category.metadata.program === program) &&
        taxonomies.every((tag) => category.taxonomies.includes(tag)) &&
        CREATED_AT > createdAfter,
    );
  }
}

/** Every test stores the same categories. */
const known = new Map<string, readonly number[]>();

/** The local embedder as a provider that can be out. */
export class FakeProvider extends LocalEmbedder {
  out = false;
  calls = 0;

  override async embed(texts: readonly string[], options: EmbedOptions): Promise<Embeddings> {
    this.calls += 1;
    if (this.out) throw new ProviderError('provider_unreachable', 'the provider is out');
    return { embeddings: await Promise.all(texts.map((text) => this.known(text, options))), cost: 0 };
  }

  private async known(text: string, options: EmbedOptions): Promise<readonly number[]> {
    const key = `${this.model} ${text}`;
    const vector = known.get(key) ?? (await super.embed([text], options)).embeddings[0];
    known.set(key, vector);
    return vector;
  }
}

/** The substitute's answers, as those of a provider that is out. */
export class Substituted extends FakeProvider {
  override async embed(texts: readonly string[], options: EmbedOptions): Promise<Embeddings> {
    if (options.purpose !== 'query' || !this.out) return super.embed(texts, options);
    return { embeddings: texts.map(() => [1]), cost: 0, model: 'substitute' };
  }
}

export { MemoryCacheStore };

function stored({ category }: EmbeddedCategory): StoredCategory {
  const { id, name, group, description, metadata, taxonomies } = category;
  return { id, name, group, program: metadata.program, description, url: metadata.url, taxonomies, createdAt: CREATED_AT };
}

function recommendation(row: EmbeddedCategory, score: number): Recommendation {
  const { taxonomies: _, ...rest } = stored(row);
  return { ...rest, score };
}

function cosine(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
}
