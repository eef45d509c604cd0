import { BreakerOpenError, BulkheadFullError, RateLimitedError } from '../resilience';
import type { EmbedOptions, Embedder, Embeddings } from './embedder';
import { ProviderError } from './errors';

export interface FallbackEmbedderOptions {
  /** Told once for each answer of the substitute. */
  readonly onSubstitute?: (error: unknown) => void;
}

/**
 * Answers queries by a substitute while the provider is out, and by the provider again as soon as it is back: every call asks the
 * provider first, whose breaker makes that free while it is open.
 *
 * Vectors of two models do not compare. So the answer names the substitute's `model`, and the caller searches what that model has
 * embedded, or by words; vectors for documents are never substituted, since they would stay in the index of the other model.
 *
 * @example
 * const embedder = new FallbackEmbedder(new CachedEmbedder(provider, store), new LocalEmbedder());
 */
export class FallbackEmbedder implements Embedder {
  constructor(
    private readonly embedder: Embedder,
    private readonly substitute: Embedder,
    private readonly options: FallbackEmbedderOptions = {},
  ) {
    if (substitute.dimensions === embedder.dimensions) return;
    throw new RangeError(
      `FallbackEmbedder: the substitute must have ${embedder.dimensions} dimensions as ${embedder.model} has, got ${substitute.dimensions}; give it the same`,
    );
  }

  get model(): string {
    return this.embedder.model;
  }

  get dimensions(): number {
    return this.embedder.dimensions;
  }

  async embed(texts: readonly string[], options: EmbedOptions): Promise<Embeddings> {
    try {
      return await this.embedder.embed(texts, options);
    } catch (error) {
      if (options.purpose !== 'query' || !isOutage(error)) throw error;
      this.options.onSubstitute?.(error);
      const { embeddings, cost } = await this.substitute.embed(texts, options);
      return { embeddings, cost, model: this.substitute.model };
    }
  }
}

/** The provider cannot answer now; what the caller did wrong stays an error. */
export function isOutage(error: unknown): boolean {
  if (error instanceof ProviderError) return error.code !== 'provider_refused';
  return error instanceof BreakerOpenError || error instanceof BulkheadFullError || error instanceof RateLimitedError;
}
