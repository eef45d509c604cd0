import { createHash } from 'node:crypto';
import type { Logger } from 'plinth-runtime';
import type { Embedder } from 'plinth-runtime/provider';
import { type Clock, Deadline } from 'plinth-runtime/resilience';
import type { Categories } from './categories';
import type { Category } from './category';

/** Texts that are embedded by one call: about 8,000 tokens. */
const BATCH = 200;
const BATCH_WITHIN_MS = 30_000;

/** The text that stands for a category, in its embedding and in the search by words. */
export function categoryText({ name, group, description, metadata }: Category): string {
  return `${name}. ${description} ${group}, ${metadata.program}`;
}

/** What a stored category was made from: another text, tag or model gives another one. */
export function fingerprint(category: Category, model: string): string {
  return createHash('sha256')
    .update(JSON.stringify([model, category]))
    .digest('base64url');
}

export interface SeedingOptions {
  readonly categories: Categories;
  readonly file: readonly Category[];
  readonly embedder: Embedder;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ends it between two batches. */
  readonly signal?: AbortSignal;
}

/**
 * Stores the categories of the file that are missing or not as the file and the model have them. Tasks that start together may do so at
 * once: each batch looks again at what the others have stored, and a row that two of them write is the same row.
 */
export async function seed({ categories, file, embedder, clock, logger, signal }: SeedingOptions): Promise<{ readonly stored: number }> {
  const wanted = file.map((category) => ({ category, fingerprint: fingerprint(category, embedder.model) }));
  let stored = 0;
  let missing = missingFrom(wanted, await categories.fingerprints(signal));
  while (missing.length > 0) {
    const batch = missing.slice(0, BATCH);
    const deadline = Deadline.after(BATCH_WITHIN_MS, clock, signal);
    deadline.check();
    const { embeddings } = await embedder.embed(
      batch.map(({ category }) => categoryText(category)),
      { deadline },
    );
    await categories.save(batch.map((one, at) => ({ ...one, embedding: embeddings[at] })));
    stored += batch.length;
    missing = missingFrom(missing.slice(BATCH), await categories.fingerprints(signal));
  }
  logger.info('categories are stored', { all: file.length, stored, model: embedder.model });
  return { stored };
}

type Wanted = { readonly category: Category; readonly fingerprint: string };

function missingFrom(wanted: readonly Wanted[], stored: ReadonlyMap<string, string>): Wanted[] {
  return wanted.filter(({ category, fingerprint: of }) => stored.get(category.id) !== of);
}
