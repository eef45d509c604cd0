import { createHash } from 'node:crypto';
import type { Registry } from 'prom-client';
import type { CacheStore } from '../cache/cache-store';
import type { EmbedOptions, Embedder, Embeddings } from './embedder';
import { embeddingCacheOutcomes } from './provider-metrics';
import { packVector, unpackVector } from './vector-bytes';

export interface CachedEmbedderOptions {
  /**
   * How long an embedding is kept.
   * @default 7 days
   */
  readonly ttlMs?: number;
  /** @default no metrics */
  readonly registry?: Registry;
}

/**
 * Asks for each text once in 7 days. Texts that are in the store need no provider, so they go on while it is out; a store that is away
 * costs its own short timeout, and the provider is asked instead.
 *
 * @example
 * const embedder = new CachedEmbedder(provider, store);
 */
export class CachedEmbedder implements Embedder {
  private readonly count: (outcome: 'hit' | 'miss' | 'store_error', times: number) => void;
  private readonly ttlMs: number;

  constructor(
    private readonly embedder: Embedder,
    private readonly store: CacheStore,
    options: CachedEmbedderOptions = {},
  ) {
    this.ttlMs = options.ttlMs ?? 7 * 24 * 3_600_000;
    this.count = embeddingCacheOutcomes(options.registry);
  }

  get model(): string {
    return this.embedder.model;
  }

  get dimensions(): number {
    return this.embedder.dimensions;
  }

  async embed(texts: readonly string[], options: EmbedOptions): Promise<Embeddings> {
    const unique = [...new Set(texts)];
    const known = new Map<string, readonly number[]>();
    await Promise.all(
      unique.map(async (text) => {
        const embedding = await this.find(text);
        if (embedding) known.set(text, embedding);
      }),
    );
    const missing = unique.filter((text) => !known.has(text));
    const cached = texts.filter((text) => known.has(text)).length;
    this.count('hit', cached);
    this.count('miss', texts.length - cached);
    let cost = 0;
    if (missing.length > 0) {
      const made = await this.embedder.embed(missing, options);
      cost = made.cost;
      for (const [index, text] of missing.entries()) known.set(text, made.embeddings[index]);
      await Promise.all(missing.map((text) => this.keep(text, known.get(text)!)));
    }
    return { embeddings: texts.map((text) => known.get(text)!), cost, cached };
  }

  private async find(text: string): Promise<readonly number[] | undefined> {
    try {
      const bytes = await this.store.get(this.key(text));
      return bytes && unpackVector(bytes, this.dimensions);
    } catch {
      this.count('store_error', 1);
      return undefined;
    }
  }

  private async keep(text: string, embedding: readonly number[]): Promise<void> {
    try {
      await this.store.set(this.key(text), packVector(embedding), this.ttlMs);
    } catch {
      this.count('store_error', 1);
    }
  }

  private key(text: string): string {
    return `embedding:${createHash('sha256').update(`${this.model}|${this.dimensions}|${text}`).digest('hex')}`;
  }
}
