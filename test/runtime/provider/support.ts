import { type OpenAiSettings, PRICES } from 'plinth-runtime/provider';

export const DIMENSIONS = 8;

export function settingsOf(
  url: string,
  change: Partial<OpenAiSettings> = {},
  limits: Partial<OpenAiSettings['limits']> = {},
): OpenAiSettings {
  return {
    url,
    key: 'sk-secret',
    embedding: { model: 'text-embedding-3-small', dimensions: DIMENSIONS, sendsDimensions: true, price: PRICES['text-embedding-3-small'] },
    chat: { model: 'gpt-4o-mini', price: PRICES['gpt-4o-mini'], halfOpenAfterMs: 30_000 },
    timeoutMs: 30_000,
    maxResponseBytes: 100_000,
    batch: { maxInputs: 3, maxBytes: 1_000 },
    ...change,
    limits: { requestsPerMinute: 10_000, concurrency: 8, queue: 8, retries: 3, halfOpenAfterMs: 60_000, ...limits },
  };
}
