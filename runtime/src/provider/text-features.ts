const WORD = /[\p{L}\p{N}]+/gu;
/** Lengths of the parts of words, and what all parts of a word weigh together beside the word itself. */
const PART_LENGTHS = [3, 4, 5];
const PARTS_WEIGHT = 1;
const PAIR_WEIGHT = 0.5;
/** Short words say little: articles, prepositions. */
const SHORT_WORD_WEIGHT = 0.3;
const SHORT_WORD = 3;

/** The features of a text with their weights: words, pairs of neighbours, and parts of words with their ends marked. */
export function textFeatures(text: string): Map<string, number> {
  const features = new Map<string, number>();
  const add = (feature: string, weight: number) => features.set(feature, (features.get(feature) ?? 0) + weight);
  const words = text.normalize('NFKC').toLowerCase().match(WORD) ?? [];
  for (const [index, word] of words.entries()) {
    const weight = word.length <= SHORT_WORD ? SHORT_WORD_WEIGHT : 1;
    add(`w:${word}`, weight);
    const parts = partsOf(`<${word}>`);
    for (const part of parts) add(`p:${part}`, (weight * PARTS_WEIGHT) / Math.sqrt(parts.length));
    if (index > 0) add(`n:${words[index - 1]} ${word}`, PAIR_WEIGHT * weight);
  }
  // What is said often counts more, but not as often as it is said.
  for (const [feature, weight] of features) features.set(feature, Math.sqrt(weight));
  return features;
}

function partsOf(word: string): string[] {
  const letters = Array.from(word);
  return PART_LENGTHS.flatMap((length) =>
    Array.from({ length: Math.max(0, letters.length - length + 1) }, (_none, start) => letters.slice(start, start + length).join('')),
  );
}

/** FNV-1a over UTF-16, then mixed, so that every bit depends on every letter: 32 bits, unsigned. */
export function hash(text: string, seed = 0): number {
  let value = (0x811c9dc5 ^ seed) >>> 0;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
