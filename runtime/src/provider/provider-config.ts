import { type Price, PRICES, UNITS_PER_USD } from './cost';
import type { BatchLimits } from './batches';
import type { ChannelLimits } from './channel';

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
  const faults: string[] = [];
  const reader = new Reader(environment, faults);
  const given = reader.choice('PROVIDER', ['openai', 'local']);
  const real = isRealKey(environment.OPENAI_API_KEY);
  const provider = given ?? (real ? 'openai' : 'local');
  const fallback = reader.choice('PROVIDER_FALLBACK', ['none', 'local']) ?? 'none';
  const openai = provider === 'openai' ? openAi(reader, environment.OPENAI_API_KEY) : undefined;
  if (faults.length > 0) throw new ProviderConfigError(faults);
  const warning = warningOf(given, provider, real);
  return { provider, openai, fallback, ...(warning && { warning }) };
}

function openAi(reader: Reader, key: string | undefined): OpenAiSettings {
  const model = reader.text('PROVIDER_EMBEDDING_MODEL') ?? 'text-embedding-3-small';
  const chatModel = reader.text('PROVIDER_CHAT_MODEL');
  return {
    url: reader.url('PROVIDER_URL', 'https://api.openai.com/v1'),
    key: key || undefined,
    embedding: {
      model,
      dimensions: reader.whole('PROVIDER_EMBEDDING_DIMENSIONS', 1, 16_000, 1_536),
      // Older models and other providers refuse the field.
      sendsDimensions: model.startsWith('text-embedding-3'),
      price: reader.price(model, 'PROVIDER_EMBEDDING_PRICE'),
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

function chat(reader: Reader, model: string): OpenAiSettings['chat'] {
  return {
    model,
    price: reader.price(model, 'PROVIDER_CHAT_PRICE'),
    halfOpenAfterMs: reader.whole('PROVIDER_CHAT_HALF_OPEN_AFTER_MS', 1_000, 3_600_000, 30_000),
  };
}

function warningOf(given: string | undefined, provider: string, real: boolean): string | undefined {
  if (given === undefined && provider === 'local')
    return 'no key of the provider is set, so local embeddings are used; put the key into its secret';
  if (provider === 'openai' && !real) return 'the key of the provider is a placeholder; put the key into its secret';
  return undefined;
}

class Reader {
  constructor(
    private readonly environment: NodeJS.ProcessEnv,
    private readonly faults: string[],
  ) {}

  text(name: string): string | undefined {
    return this.environment[name] || undefined;
  }

  choice<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const given = this.text(name);
    if (given === undefined || (allowed as readonly string[]).includes(given)) return given as T | undefined;
    this.faults.push(`${name} must be ${allowed.join(' or ')}, got ${given}; change it or leave it out`);
    return undefined;
  }

  whole(name: string, least: number, most: number, otherwise: number): number {
    const given = this.text(name);
    if (given === undefined) return otherwise;
    if (/^\d{1,15}$/.test(given) && Number(given) >= least && Number(given) <= most) return Number(given);
    this.faults.push(`${name} must be a whole number between ${least} and ${most}, got ${given}; leave it out for ${otherwise}`);
    return otherwise;
  }

  url(name: string, otherwise: string): string {
    const given = this.text(name) ?? otherwise;
    const url = URL.canParse(given) ? new URL(given) : undefined;
    const secure = url?.protocol === 'https:' || (url?.protocol === 'http:' && /^(localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname));
    if (url && secure && url.username === '' && url.search === '' && url.hash === '') return given.replace(/\/+$/, '');
    // Not what was given: an address may hold a password.
    this.faults.push(`${name} must be an https address without user or query (http on loopback only), got another; change it`);
    return otherwise;
  }

  /** As `0.02` or `0.4,1.6`: USD for a million tokens in and out. */
  price(model: string, name: string): Price {
    const given = this.text(name);
    const known = Object.hasOwn(PRICES, model) ? PRICES[model] : undefined;
    if (given === undefined && known) return known;
    const usd = /^\d{1,6}(\.\d{1,8})?(,\d{1,6}(\.\d{1,8})?)?$/;
    if (given !== undefined && usd.test(given)) {
      const [input, output] = given.split(',').map((part) => Math.round(Number(part) * UNITS_PER_USD));
      return { input, output };
    }
    const got = given ?? `nothing, and the price of ${model} is not known`;
    this.faults.push(`${name} must be USD for a million tokens such as 0.02 or 0.4,1.6 for input and output, got ${got}; set it`);
    return { input: 0 };
  }
}
