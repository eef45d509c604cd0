import type { CacheStore } from '../cache/cache-store';
import { CachedEmbedder } from './cached-embedder';
import type { EmbedOptions, Embedder, Embeddings } from './embedder';
import { FallbackEmbedder } from './fallback-embedder';
import { LocalEmbedder } from './local-embedder';
import { OpenAiProvider, type ProviderDependencies } from './openai-provider';
import { type ProviderConfig, providerConfig } from './provider-config';

export interface EmbedderDependencies extends ProviderDependencies {
  /**
   * Where the provider's embeddings are kept for 7 days.
   * @default none: every text is asked for
   */
  readonly store?: CacheStore;
}

export interface ProviderHealth {
  readonly status: 'ok' | 'warn';
  /** What an operator should know. */
  readonly reason?: string;
}

/** The embedder of a process, and how its provider does. */
export class SharedEmbedder implements Embedder {
  /** For chat completions; undefined where PROVIDER is local. */
  readonly provider?: OpenAiProvider;
  private readonly embedder: Embedder;

  constructor(
    private readonly config: ProviderConfig,
    dependencies: EmbedderDependencies,
  ) {
    const { store, registry } = dependencies;
    if (config.openai === undefined) {
      // Quicker than a look into the store.
      this.embedder = new LocalEmbedder();
      return;
    }
    this.provider = new OpenAiProvider(config.openai, dependencies);
    const cached = store ? new CachedEmbedder(this.provider, store, { registry }) : this.provider;
    this.embedder = config.fallback === 'local' ? new FallbackEmbedder(cached, new LocalEmbedder(cached.dimensions)) : cached;
  }

  get model(): string {
    return this.embedder.model;
  }

  get dimensions(): number {
    return this.embedder.dimensions;
  }

  embed(texts: readonly string[], options: EmbedOptions): Promise<Embeddings> {
    return this.embedder.embed(texts, options);
  }

  /** For readiness: the provider never makes a task unready, as cached answers go on. */
  health(): ProviderHealth {
    for (const { breaker } of this.provider ? [this.provider.embeddings, this.provider.chat] : []) {
      const { name, state } = breaker;
      if (state !== 'closed') return { status: 'warn', reason: `${name} is left alone after repeated failures (${state})` };
    }
    return this.config.warning === undefined ? { status: 'ok' } : { status: 'warn', reason: this.config.warning };
  }
}

const made = new WeakMap<NodeJS.ProcessEnv, SharedEmbedder>();

/**
 * The embedder that the environment names, made once a process: a second call with the same environment gives the same one, whatever
 * dependencies it brings.
 *
 * @example
 * const embeddings = embedder(process.env, { store: cacheStore(process.env) });
 */
export function embedder(environment: NodeJS.ProcessEnv, dependencies: EmbedderDependencies = {}): SharedEmbedder {
  const known = made.get(environment);
  if (known) return known;
  const shared = new SharedEmbedder(providerConfig(environment), dependencies);
  made.set(environment, shared);
  return shared;
}
