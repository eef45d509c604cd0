/** As in the paper that proposes it (Cormack, Clarke, Büttcher 2009): a first place counts 1/61, so that being in both lists beats it. */
const K = 60;

/** Reciprocal rank fusion: what several lists rank high comes first, whatever their scores mean. Equal sums go by id. */
export function fuse<T extends { readonly id: string }>(
  lists: readonly (readonly T[])[],
  limit: number,
): (T & { readonly score: number })[] {
  const sums = new Map<string, T & { readonly score: number }>();
  for (const list of lists) {
    for (const [at, item] of list.entries()) {
      sums.set(item.id, { ...item, score: (sums.get(item.id)?.score ?? 0) + 1 / (K + at + 1) });
    }
  }
  return [...sums.values()].toSorted((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).slice(0, limit);
}
