import { cacheKey, type Cached, type ResponseCache } from 'plinth-runtime/cache';
import type { Embedder } from 'plinth-runtime/provider';
import type { Bulkhead, Deadline } from 'plinth-runtime/resilience';
import type { Categories, CategoryFilter, CategorySearch, Recommendation } from './categories';

export interface RecommendationRequest {
  readonly text: string;
  readonly limit?: number;
  readonly filter?: CategoryFilter;
}

export interface Recommended {
  readonly recommendations: readonly Recommendation[];
  readonly model: string;
}

export interface RecommendationsOptions {
  readonly categories: Categories;
  readonly embedder: Embedder;
  readonly cache: ResponseCache;
  /** Bounds the searches under way: more of them would only wait for the database. */
  readonly bulkhead: Bulkhead;
  /** What the categories were made from: answers about others are not reused. */
  readonly version: string;
}

export const DEFAULT_LIMIT = 10;

/** Finds the categories that suit a text, by an earlier answer where there is one. */
export class Recommendations {
  constructor(private readonly options: RecommendationsOptions) {}

  async find({ text, limit = DEFAULT_LIMIT, filter = {} }: RecommendationRequest, deadline: Deadline): Promise<Cached<Recommended>> {
    const { cache, bulkhead, categories, embedder, version } = this.options;
    const query = plain(text);
    const key = `recommendations:${cacheKey({ version, model: embedder.model, query, limit, filter })}`;
    const search = { text: query, limit, filter, signal: deadline.signal };
    try {
      return await cache.through(key, () => bulkhead.run(() => this.search(search, deadline), deadline));
    } catch (error) {
      if (!(error instanceof SubstituteOnlyError)) throw error;
      // Not kept: the provider may be back for the next request.
      return { value: { recommendations: await categories.searchWords(search), model: WORDS }, state: 'MISS' };
    }
  }

  private async search(search: CategorySearch, deadline: Deadline): Promise<Recommended> {
    const { categories, embedder } = this.options;
    const { embeddings, model = embedder.model } = await embedder.embed([search.text], { deadline, purpose: 'query' });
    if (model !== embedder.model) throw new SubstituteOnlyError();
    return { recommendations: await categories.search(search, embeddings[0]), model };
  }
}

/** What an answer names as its model when no embedding was compared. */
const WORDS = 'words';

/** The provider is out, and a substitute's vectors compare with none that are stored. */
class SubstituteOnlyError extends Error {}

/** Texts that differ in white space and Unicode form alone have one answer. */
function plain(text: string): string {
  return text.normalize('NFC').trim().replaceAll(/\s+/gu, ' ');
}
