import type { Registry } from 'prom-client';
import { type Clock, systemClock } from '../resilience';
import { chatAnswer, embeddingsAnswer } from './answers';
import { batches } from './batches';
import { Channel } from './channel';
import { costOf } from './cost';
import type { EmbedOptions, Embedder, Embeddings } from './embedder';
import { ProviderInputError } from './errors';
import type { OpenAiSettings } from './provider-config';

export interface ProviderDependencies {
  /** @default Node's own */
  readonly fetch?: typeof fetch;
  /** @default the machine's time */
  readonly clock?: Clock;
  /** @default Math.random */
  readonly random?: () => number;
  /** @default no metrics */
  readonly registry?: Registry;
}

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  /** @default the model's own limit */
  readonly maxTokens?: number;
  /** @default the model's own */
  readonly temperature?: number;
}

export interface ChatCompletion {
  readonly text: string;
  readonly finishReason: string;
  readonly tokens: { readonly input: number; readonly output: number };
  /** In units of 1e-8 USD, whole. */
  readonly cost: number;
}

/**
 * A provider with OpenAI's interface: embeddings and chat completions, each behind a limit, a breaker, retries and a timeout of its own.
 *
 * @example
 * const provider = new OpenAiProvider(openAiSettings(process.env));
 * const { embeddings, cost } = await provider.embed(['solar power'], { deadline: Deadline.after(30_000, systemClock) });
 */
export class OpenAiProvider implements Embedder {
  readonly model: string;
  readonly dimensions: number;
  readonly embeddings: Channel;
  readonly chat: Channel;

  constructor(
    private readonly settings: OpenAiSettings,
    { fetch: send = fetch, clock = systemClock, random = Math.random, registry }: ProviderDependencies = {},
  ) {
    this.model = settings.embedding.model;
    this.dimensions = settings.embedding.dimensions;
    const shared = { ...settings, ...settings.limits, fetch: send, clock, random, registry };
    this.embeddings = new Channel({ ...shared, operation: 'embeddings', url: `${settings.url}/embeddings` });
    const halfOpenAfterMs = settings.chat?.halfOpenAfterMs ?? settings.limits.halfOpenAfterMs;
    this.chat = new Channel({ ...shared, halfOpenAfterMs, operation: 'chat', url: `${settings.url}/chat/completions` });
  }

  /** One request a batch, one after the other, under one deadline. */
  async embed(texts: readonly string[], { deadline }: EmbedOptions): Promise<Embeddings> {
    const embeddings: (readonly number[])[] = [];
    let cost = 0;
    for (const batch of batches(texts, this.settings.batch)) {
      const { model, dimensions } = this;
      const body = { model, input: batch, encoding_format: 'float', ...(this.settings.embedding.sendsDimensions && { dimensions }) };
      const answer = await this.embeddings.call(body, (given) => embeddingsAnswer(given, batch.length, dimensions), deadline);
      cost += this.charge(this.embeddings, model, costOf({ input: answer.tokens }, this.settings.embedding.price));
      embeddings.push(...answer.embeddings);
    }
    return { embeddings, cost };
  }

  async complete({ messages, maxTokens, temperature }: ChatRequest, { deadline }: Pick<EmbedOptions, 'deadline'>): Promise<ChatCompletion> {
    const { chat } = this.settings;
    if (chat === undefined) throw new ProviderInputError('OpenAiProvider: PROVIDER_CHAT_MODEL must name a model, got nothing; set it');
    if (messages.length === 0) throw new ProviderInputError('OpenAiProvider.complete: messages must hold at least one, got none; add one');
    const body = { model: chat.model, messages, max_completion_tokens: maxTokens, temperature, stream: false };
    const answer = await this.chat.call(body, chatAnswer, deadline);
    return { ...answer, cost: this.charge(this.chat, chat.model, costOf(answer.tokens, chat.price)) };
  }

  private charge({ metrics }: Channel, model: string, units: number): number {
    metrics.cost(model, units);
    return units;
  }
}
