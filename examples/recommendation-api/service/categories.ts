import type { Category } from './category';

/** A category as it is stored and answered. */
export interface StoredCategory {
  readonly id: string;
  readonly name: string;
  readonly group: string;
  readonly program: string;
  readonly description: string;
  readonly url: string;
  readonly taxonomies: readonly string[];
  readonly createdAt: string;
}

export type Recommendation = Omit<StoredCategory, 'taxonomies'> & { readonly score: number };

/** What recommendations are taken from. */
export interface CategoryFilter {
  readonly group?: string;
  readonly program?: string;
  readonly taxonomies?: readonly string[];
  readonly createdAfter?: string;
}

export interface CategorySearch {
  readonly text: string;
  readonly limit: number;
  readonly filter: CategoryFilter;
  readonly signal: AbortSignal;
}

export interface CategoryPageRequest {
  /** The id after which the page begins. */
  readonly after?: string;
  readonly limit: number;
  readonly group?: string;
  readonly program?: string;
  readonly signal: AbortSignal;
}

/** A category with what it is found by. */
export interface EmbeddedCategory {
  readonly category: Category;
  readonly embedding: readonly number[];
  readonly fingerprint: string;
}

/** Where categories are kept. */
export interface Categories {
  /** The categories that are closest to an embedding of the text. */
  search(search: CategorySearch, embedding: readonly number[]): Promise<Recommendation[]>;
  /** The categories that share the most words with the text, where there is no embedding of it. */
  searchWords(search: CategorySearch): Promise<Recommendation[]>;
  page(request: CategoryPageRequest): Promise<StoredCategory[]>;
  get(id: string, signal: AbortSignal): Promise<StoredCategory | undefined>;
  /** What the stored categories were made from, by id. */
  fingerprints(signal?: AbortSignal): Promise<Map<string, string>>;
  save(categories: readonly EmbeddedCategory[]): Promise<void>;
}
