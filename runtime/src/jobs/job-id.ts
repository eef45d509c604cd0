const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const PATTERN = /^job_[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** Random bytes, passed in. */
export type RandomBytes = (size: number) => Uint8Array;

/** A new id: `job_`, 48 bits of time, 80 random bits, in Crockford's base 32. In the order of creation by millisecond, and not to be guessed. */
export function newJobId(now: number, randomBytes: RandomBytes): string {
  let time = '';
  for (let rest = now, at = 0; at < 10; at += 1, rest = Math.floor(rest / 32)) time = ALPHABET[rest % 32] + time;
  const bits = BigInt(`0x${Buffer.from(randomBytes(10)).toString('hex')}`);
  let random = '';
  for (let rest = bits, at = 0; at < 16; at += 1, rest >>= 5n) random = ALPHABET[Number(rest & 31n)] + random;
  return `job_${time}${random}`;
}

export const isJobId = (text: string): boolean => PATTERN.test(text);
