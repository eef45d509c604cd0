import type { EmbedOptions, Embedder, Embeddings } from './embedder';
import { hash, textFeatures } from './text-features';

/**
 * Vectors without a provider: words and parts of words, each hashed to a place and a sign, scaled to length 1. Texts that share words or
 * spellings lie close; it knows no synonyms. The same text gives the same vector on every machine and in every version of this model.
 *
 * @example
 * const { embeddings } = await new LocalEmbedder().embed(['solar power'], { deadline });
 */
export class LocalEmbedder implements Embedder {
  readonly model: string;

  constructor(readonly dimensions = 1_536) {
    this.model = `local-hashing-1-${dimensions}`;
  }

  embed(texts: readonly string[], _options: EmbedOptions): Promise<Embeddings> {
    return Promise.resolve({ embeddings: texts.map((text) => this.vector(text)), cost: 0 });
  }

  private vector(text: string): number[] {
    const vector = Array.from({ length: this.dimensions }, () => 0);
    for (const [feature, weight] of textFeatures(text)) {
      const hashed = hash(feature);
      vector[hashed % this.dimensions] += hash(feature, 1) & 1 ? weight : -weight;
    }
    const length = Math.hypot(...vector);
    // Two features may undo each other: a direction there must be, as nothing is close to a vector without one.
    if (length === 0) vector[hash(text) % this.dimensions] = 1;
    return vector.map((value) => Math.fround(length === 0 ? value : value / length));
  }
}
