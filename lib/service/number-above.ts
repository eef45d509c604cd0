/**
 * A regular expression that matches exactly the decimal numbers above a limit, leading zeros included.
 *
 * AWS WAF compares no header by value: a size constraint measures a header's length. It uses no captures, at most one branch a digit
 * and at most 512 characters, which AWS WAF asks of a pattern.
 * @internal
 */
export function numberAbove(limit: number): string {
  if (!Number.isSafeInteger(limit) || limit < 0) {
    throw new Error(`numberAbove: limit must be an integer of 0 to ${Number.MAX_SAFE_INTEGER}, got ${limit}; round it`);
  }
  const digits = Array.from(String(limit), Number);
  const branches = digits.flatMap((digit, at) => greaterAt(digits, digit, at));
  return `^0*(?:[1-9]\\d{${digits.length},}${branches.map((branch) => `|${branch}`).join('')})$`;
}

/** The numbers of equal length that first differ from the limit at this place, and are greater there. */
function greaterAt(digits: readonly number[], digit: number, at: number): string[] {
  if (digit === 9) return [];
  const following = digits.length - at - 1;
  const greater = digit === 8 ? '9' : `[${digit + 1}-9]`;
  const rest = following === 0 ? '' : following === 1 ? '\\d' : `\\d{${following}}`;
  return [`${digits.slice(0, at).join('')}${greater}${rest}`];
}
