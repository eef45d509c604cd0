/** Units of money: 1e-8 USD, whole, so that sums are exact. */
export const UNITS_PER_USD = 100_000_000;

/** What a million tokens cost, in units of 1e-8 USD. */
export interface Price {
  readonly input: number;
  /** @default 0, as for embeddings */
  readonly output?: number;
}

export interface DatedPrice extends Price {
  /** The day on which the provider's page showed it. */
  readonly asOf: string;
}

const perMillion = (asOf: string, input: number, output = 0): DatedPrice => ({
  input: Math.round(input * UNITS_PER_USD),
  output: Math.round(output * UNITS_PER_USD),
  asOf,
});

/** USD for a million tokens, standard tier, of OpenAI's model pages. Another model, or another price, is a setting. */
export const PRICES: Readonly<Record<string, DatedPrice>> = {
  'text-embedding-3-small': perMillion('2026-07-03', 0.02),
  'text-embedding-3-large': perMillion('2026-04-06', 0.13),
  'text-embedding-ada-002': perMillion('2026-04-06', 0.1),
  'gpt-4.1': perMillion('2026-06-21', 2, 8),
  'gpt-4.1-mini': perMillion('2026-06-21', 0.4, 1.6),
  'gpt-4o-mini': perMillion('2026-04-06', 0.15, 0.6),
};

/**
 * What tokens cost in units of 1e-8 USD; a part of a unit counts as a whole one, so that no sum is ever too low.
 *
 * @example
 * costOf({ input: 1_000 }, PRICES['text-embedding-3-small']); // 2_000, which is 0.00002 USD
 */
export function costOf(tokens: { readonly input: number; readonly output?: number }, price: Price): number {
  const millionths = BigInt(tokens.input) * BigInt(price.input) + BigInt(tokens.output ?? 0) * BigInt(price.output ?? 0);
  return Number((millionths + 999_999n) / 1_000_000n);
}
