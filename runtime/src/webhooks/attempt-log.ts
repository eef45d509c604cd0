import type { Attempt } from './delivery';

const MOST_ATTEMPTS = 50;
const MOST_DETAIL = 512;
/** Only the newest say in words what happened, so that the row stays small. */
const WITH_DETAIL = 5;

/** The log with its bounds kept: the newest 50 attempts, words only of the newest 5, at most 512 characters each. */
export function bounded(attempts: readonly Attempt[]): readonly Attempt[] {
  const kept = attempts.slice(-MOST_ATTEMPTS);
  return kept.map((attempt, at) => {
    if (attempt.detail === undefined) return attempt;
    const { detail, ...rest } = attempt;
    return kept.length - at > WITH_DETAIL ? rest : { ...rest, detail: detail.slice(0, MOST_DETAIL) };
  });
}

/** The log with its last attempt, which nobody has said the end of, ended. */
export function withLast(attempts: readonly Attempt[], end: Partial<Attempt>): readonly Attempt[] {
  const last = attempts.at(-1);
  return last ? bounded([...attempts.slice(0, -1), { ...last, ...end }]) : attempts;
}

/** How many of the newest attempts nobody knows the end of, in a row. */
export function unknownInARow(attempts: readonly Attempt[]): number {
  const known = attempts.findLastIndex(({ outcome }) => outcome !== 'unknown');
  return attempts.length - 1 - known;
}
