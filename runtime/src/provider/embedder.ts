import type { Deadline } from '../resilience';

export interface EmbedOptions {
  readonly deadline: Deadline;
  /**
   * What the vectors are for: those of documents are stored and stay, so a substitute never makes them.
   * @default 'document'
   */
  readonly purpose?: 'query' | 'document';
}

export interface Embeddings {
  /** One a text, in the order of the texts. */
  readonly embeddings: readonly (readonly number[])[];
  /** In units of 1e-8 USD, whole. */
  readonly cost: number;
  /**
   * The model that made them, where it is a substitute: they compare with no vector of the embedder's own model.
   * @default the embedder's model
   */
  readonly model?: string;
  /**
   * How many of them came from a cache.
   * @default 0
   */
  readonly cached?: number;
}

/** Turns texts into vectors that lie close where the texts mean alike. */
export interface Embedder {
  readonly model: string;
  readonly dimensions: number;
  embed(texts: readonly string[], options: EmbedOptions): Promise<Embeddings>;
}
