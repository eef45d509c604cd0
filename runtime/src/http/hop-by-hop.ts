// A sender could nominate these in Connection to hide what a trusted hop wrote, or who the caller is.
const NOT_NOMINABLE = /^(?:host|authorization|cookie|set-cookie|content-|x-|traceparent$|forwarded$)/;

const PLAIN = new Set(['keep-alive', 'Keep-Alive', 'close', 'Upgrade', 'upgrade']);

/** Whether a header is the platform's own, spoken between gateway and app only (frameworks read `_` as `-`). */
export function isInternal(name: string): boolean {
  return name.startsWith('plinth') && (name[6] === '-' || name[6] === '_');
}

/** Whether a Connection header nominates no other header. */
export function isPlainConnection(value: string): boolean {
  return PLAIN.has(value);
}

/** The header names that a Connection header nominates, in lower case. */
export function nominations(value: string): string[] {
  return value
    .toLowerCase()
    .split(',')
    .map((token) => token.trim())
    .filter((name) => !NOT_NOMINABLE.test(name));
}

/** Flat headers without those that were nominated, in lower case. */
export function withoutNominated(kept: readonly string[], nominated: readonly string[]): string[] {
  const rest: string[] = [];
  for (let at = 0; at < kept.length; at += 2) {
    if (!nominated.includes(kept[at].toLowerCase())) rest.push(kept[at], kept[at + 1]);
  }
  return rest;
}
