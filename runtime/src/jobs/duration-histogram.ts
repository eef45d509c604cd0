const BUCKETS_PER_DOUBLING = 4;
const LAST_BUCKET = 109;

/** Counts by bucket; a bucket is a fourth of a doubling wide, so a quantile read from it is at most 19 % too high. */
export type Histogram = ReadonlyMap<number, number>;

/** The bucket of a duration: 0 is up to 1 ms, 109 is two days and more. */
export function bucketOf(ms: number): number {
  if (ms <= 1) return 0;
  return Math.min(LAST_BUCKET, Math.ceil(Math.log2(ms) * BUCKETS_PER_DOUBLING));
}

/** The longest duration of a bucket, in whole milliseconds. */
export const upperBoundOf = (bucket: number): number => Math.floor(2 ** (bucket / BUCKETS_PER_DOUBLING));

/** The duration that `share` of all took at most; nothing without any. */
export function quantile(histogram: Histogram, share: number): number | undefined {
  const total = [...histogram.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  let seen = 0;
  for (const bucket of [...histogram.keys()].toSorted((one, other) => one - other)) {
    seen += histogram.get(bucket) ?? 0;
    if (seen >= share * total) return upperBoundOf(bucket);
  }
  return undefined;
}
