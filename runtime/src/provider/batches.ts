import { ProviderInputError } from './errors';

export interface BatchLimits {
  /** Texts a request. */
  readonly maxInputs: number;
  /** UTF-8 bytes a request; a token is at least a byte, so it bounds the tokens too. */
  readonly maxBytes: number;
}

/** Cuts texts into requests, in their order. Errors name the place of a text, never the text. */
export function batches(texts: readonly string[], { maxInputs, maxBytes }: BatchLimits): string[][] {
  const all: string[][] = [];
  let bytes = 0;
  for (const [index, text] of texts.entries()) {
    const size = Buffer.byteLength(text);
    if (size === 0 || size > maxBytes) {
      throw new ProviderInputError(`embed: text ${index} must take 1 to ${maxBytes} bytes, got ${size}; leave it out or cut it`);
    }
    const last = all.at(-1);
    if (last && last.length < maxInputs && bytes + size <= maxBytes) {
      last.push(text);
      bytes += size;
    } else {
      all.push([text]);
      bytes = size;
    }
  }
  return all;
}
