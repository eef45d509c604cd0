import fc from 'fast-check';
import { costOf, PRICES, retryAfterMs, UNITS_PER_USD } from 'plinth-runtime/provider';

describe('the cost of a call', () => {
  it('is a whole number of units of 1e-8 USD', () => {
    expect(costOf({ input: 1_000 }, PRICES['text-embedding-3-small'])).toBe(2_000);
  });

  it.each<[string, { input: number; output?: number }, number]>([
    ['text-embedding-3-small', { input: 1_000_000 }, 0.02],
    ['text-embedding-3-large', { input: 1_000_000 }, 0.13],
    ['text-embedding-ada-002', { input: 1_000_000 }, 0.1],
    ['gpt-4.1', { input: 1_000_000, output: 1_000_000 }, 10],
    ['gpt-4.1-mini', { input: 1_000_000, output: 1_000_000 }, 2],
    ['gpt-4o-mini', { input: 1_000_000, output: 1_000_000 }, 0.75],
  ])('is what the price list says for a million tokens of %s', (model, tokens, usd) => {
    expect(costOf(tokens, PRICES[model])).toBe(usd * UNITS_PER_USD);
  });

  it('counts a part of a unit as a whole one', () => {
    expect([costOf({ input: 1 }, { input: 1 }), costOf({ input: 1_000_001 }, { input: 1 })]).toEqual([1, 2]);
  });

  it('is nothing for nothing', () => {
    expect(costOf({ input: 0 }, PRICES['gpt-4.1'])).toBe(0);
  });

  it('is exact and never too low, whatever the tokens and the price', () => {
    const tokens = fc.nat(2_000_000);
    const price = fc.nat(10_000_000_000);
    fc.assert(
      fc.property(tokens, tokens, price, price, (input, output, inputPrice, outputPrice) => {
        const cost = costOf({ input, output }, { input: inputPrice, output: outputPrice });
        const exact = BigInt(input) * BigInt(inputPrice) + BigInt(output) * BigInt(outputPrice);
        expect(Number.isSafeInteger(cost)).toBe(true);
        expect(BigInt(cost) * 1_000_000n - exact).toBeGreaterThanOrEqual(0n);
        expect(BigInt(cost) * 1_000_000n - exact).toBeLessThan(1_000_000n);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('names the day of every price', () => {
    expect(Object.values(PRICES).filter(({ asOf }) => !/^2026-\d\d-\d\d$/.test(asOf))).toEqual([]);
  });
});

describe('Retry-After', () => {
  const now = Date.UTC(2026, 0, 1, 12);

  it.each<[string | null, number | undefined]>([
    ['0', 0],
    ['120', 120_000],
    [' 3 ', 3_000],
    ['Thu, 01 Jan 2026 12:00:10 GMT', 10_000],
    ['Thu, 01 Jan 2026 11:00:00 GMT', 0],
    ['-1', undefined],
    ['1.5', undefined],
    ['1e3', undefined],
    ['2026-01-01', undefined],
    ['', undefined],
    [null, undefined],
  ])('of %j is %s ms', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });

  it('as a date is never earlier than its second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 86_400 }), fc.nat(999), (seconds, millisecond) => {
        const asked = retryAfterMs(new Date(now + seconds * 1_000).toUTCString(), now - millisecond);
        expect(asked).toBe(seconds * 1_000 + millisecond);
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});
