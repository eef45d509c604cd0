import { ProviderError } from './errors';

export interface EmbeddingsAnswer {
  readonly embeddings: readonly (readonly number[])[];
  readonly tokens: number;
}

export interface ChatAnswer {
  readonly text: string;
  /** `stop`, or why the text ends early, as `length`. */
  readonly finishReason: string;
  readonly tokens: { readonly input: number; readonly output: number };
}

type Fields = { readonly [name: string]: unknown };

/** The vectors of an answer, in the order of what was asked; anything that is not as promised is an error. */
export function embeddingsAnswer(answer: unknown, count: number, dimensions: number): EmbeddingsAnswer {
  const data = list(fields(answer, 'the answer').data, 'data');
  if (data.length !== count) throw garbage('data', `${count} embeddings`, String(data.length));
  const embeddings: (readonly number[])[] = Array.from({ length: count });
  for (const item of data) {
    const { index, embedding } = fields(item, 'data');
    if (!Number.isInteger(index) || (index as number) < 0 || (index as number) >= count)
      throw garbage('index', `0 to ${count - 1}`, kind(index));
    if (embeddings[index as number] !== undefined) throw garbage('index', 'different in each embedding', `${String(index)} twice`);
    embeddings[index as number] = vector(embedding, dimensions);
  }
  return { embeddings, tokens: tokens(answer, 'prompt_tokens') };
}

export function chatAnswer(answer: unknown): ChatAnswer {
  const [choice] = list(fields(answer, 'the answer').choices, 'choices');
  const { message, finish_reason: finishReason } = fields(choice, 'choices');
  const { content } = fields(message, 'message');
  if (typeof content !== 'string') throw garbage('content', 'a text', kind(content));
  if (typeof finishReason !== 'string') throw garbage('finish_reason', 'a word', kind(finishReason));
  return { text: content, finishReason, tokens: { input: tokens(answer, 'prompt_tokens'), output: tokens(answer, 'completion_tokens') } };
}

/** As the store keeps it, so that an embedding is the same whether it comes from the provider or from there. */
function vector(embedding: unknown, dimensions: number): readonly number[] {
  const values = list(embedding, 'embedding');
  if (values.length !== dimensions) throw garbage('embedding', `${dimensions} dimensions`, String(values.length));
  const rounded = values.map((value) => (typeof value === 'number' ? Math.fround(value) : NaN));
  if (!rounded.every(Number.isFinite)) throw garbage('embedding', 'finite numbers', 'others');
  if (rounded.every((value) => value === 0)) throw garbage('embedding', 'a direction', 'zeros only');
  return rounded;
}

function tokens(answer: unknown, name: string): number {
  const value = fields((answer as Fields).usage, 'usage')[name];
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw garbage(name, 'a whole number', kind(value));
  return value as number;
}

function fields(value: unknown, where: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw garbage(where, 'an object', kind(value));
}

function list(value: unknown, where: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw garbage(where, 'a list', kind(value));
}

/** Never the value itself: an answer may repeat what was asked. */
const kind = (value: unknown): string => (typeof value === 'number' ? 'another number' : value === null ? 'null' : typeof value);

const garbage = (where: string, allowed: string, given: string) =>
  new ProviderError(
    'provider_garbage',
    `the provider's answer: ${where} must be ${allowed}, got ${given}; look at the model and its dimensions`,
  );
