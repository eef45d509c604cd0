const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const LENGTH = 40;

/**
 * A password of 238 bits in letters and digits, which nothing on its way has to quote.
 *
 * @param randomInt gives a number from 0 up to, but not, the one it is given
 */
export function newPassword(randomInt: (below: number) => number): string {
  return Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}
