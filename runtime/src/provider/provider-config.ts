import { SettingsReader } from '../settings/settings-reader';
import type { Price } from './cost';
import type { BatchLimits } from './batches';
import type { ChannelLimits } from './channel';
import { addressOf, priceOf } from './provider-settings';

export interface OpenAiSettings {
  /** Without a slash at its end. */
  readonly url: string;
  readonly key?: string;
  readonly embedding: { readonly model: string; readonly dimensions: number; readonly sendsDimensions: boolean; readonly price: Price };
  readonly chat?: { readonly model: string; readonly price: Price; readonly halfOpenAfterMs: number };
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
  readonly batch: BatchLimits;
  readonly limits: ChannelLimits;
}

export interface ProviderConfig {
  readonly provider: 'local' | 'openai';
  /** Where provider is `openai`. */
  readonly openai?: OpenAiSettings;
  /** Whether queries may be answered by local vectors while the provider is out. */
  readonly fallback: 'none' | 'local';
  /** What an operator should know: readiness shows it as `warn`. */
  readonly warning?: string;
}

/** What is wrong with the environment of the provider, all of it. */
export class ProviderConfigError extends Error {
  override readonly name = 'ProviderConfigError';
  readonly code = 'provider_config';

  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
  }
}

/** What the platform generates until somebody puts in the provider's key: 64 letters and digits, as no provider's key is. */
export const isRealKey = (key: string | undefined): boolean => !!key && !/^[A-Za-z0-9]{64}$/.test(key);

/**
 * Reads PROVIDER, PROVIDER_URL, PROVIDER_EMBEDDING_MODEL, OPENAI_API_KEY and the settings of docs/runtime/provider.md.
 *
 * @example
 * const config = providerConfig(process.env);
 */
export function providerConfig(environment: NodeJS.ProcessEnv): ProviderConfig {
  const reader = new SettingsReader(environment);
  const given = reader.choice('PROVIDER', ['openai', 'local']);
  const real = isRealKey(environment.OPENAI_API_KEY);
  const provider = given ?? (real ? 'openai' : 'local');
  const fallback = reader.choice('PROVIDER_FALLBACK', ['none', 'local']) ?? 'none';
  const openai = provider === 'openai' ? openAi(reader, environment.OPENAI_API_KEY) : undefined;
  if (reader.faults.length > 0) throw new ProviderConfigError(reader.faults);
  const warning = warningOf(given, provider, real);
  return { provider, openai, fallback, ...(warning && { warning }) };
}

function openAi(reader: SettingsReader, key: string | undefined): OpenAiSettings {
  const model = reader.text('PROVIDER_EMBEDDING_MODEL') ?? 'text-embedding-3-small';
  const chatModel = reader.text('PROVIDER_CHAT_MODEL');
  return {
    url: addressOf(reader, 'PROVIDER_URL', 'https://api.openai.com/v1'),
    key: key || undefined,
    embedding: {
      model,
      dimensions: reader.whole('PROVIDER_EMBEDDING_DIMENSIONS', 1, 16_000, 1_536),
      // Older models and other providers refuse the field.
      sendsDimensions: model.startsWith('text-embedding-3'),
      price: priceOf(reader, model, 'PROVIDER_EMBEDDING_PRICE'),
    },
    chat: chatModel === undefined ? undefined : chat(reader, chatModel),
    timeoutMs: reader.whole('PROVIDER_TIMEOUT_MS', 1, 600_000, 30_000),
    maxResponseBytes: reader.whole('PROVIDER_MAX_RESPONSE_BYTES', 1_024, 2 ** 28, 16 * 1024 * 1024),
    batch: { maxInputs: reader.whole('PROVIDER_BATCH_INPUTS', 1, 2_048, 128), maxBytes: 300_000 },
    limits: {
      requestsPerMinute: reader.whole('PROVIDER_REQUESTS_PER_MINUTE', 1, 10_000_000, 10_000),
      concurrency: reader.whole('PROVIDER_CONCURRENCY', 1, 10_000, 64),
      queue: reader.whole('PROVIDER_QUEUE', 0, 100_000, 256),
      retries: reader.whole('PROVIDER_RETRIES', 0, 3, 3),
      halfOpenAfterMs: reader.whole('PROVIDER_HALF_OPEN_AFTER_MS', 1_000, 3_600_000, 60_000),
    },
  };
}

function chat(reader: SettingsReader, model: string): OpenAiSettings['chat'] {
  return {
    model,
    price: priceOf(reader, model, 'PROVIDER_CHAT_PRICE'),
    halfOpenAfterMs: reader.whole('PROVIDER_CHAT_HALF_OPEN_AFTER_MS', 1_000, 3_600_000, 30_000),
  };
}

function warningOf(given: string | undefined, provider: string, real: boolean): string | undefined {
  if (given === undefined && provider === 'local')
    return 'no key of the provider is set, so local embeddings are used; put the key into its secret';
  if (provider === 'openai' && !real) return 'the key of the provider is a placeholder; put the key into its secret';
  return undefined;
}
