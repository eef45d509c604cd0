import type { Enrichments, Extractor, Payload } from './extractor';
import { TAXONOMY } from './vocabulary';
import { rounded, stem, tellingWords } from './words';

const MOST = 5;
/** A label that fewer of the hits speak for is chance. */
const LEAST_SHARE = 0.1;

interface Weighted {
  readonly words: readonly string[];
  readonly weight: number;
}

type Form = (word: string) => string;

/** The labels whose vocabulary a text uses; a label's score is its share of all hits. */
class VocabularyTaxonomy {
  private readonly labels = new Map<string, readonly string[]>();

  constructor(private readonly form: Form) {
    for (const [label, words] of Object.entries(TAXONOMY)) {
      for (const word of words.split(' ')) this.labels.set(form(word), [...(this.labels.get(form(word)) ?? []), label]);
    }
  }

  of(parts: readonly Weighted[]): Enrichments {
    const hits = new Map<string, number>();
    let all = 0;
    for (const { words, weight } of parts) {
      for (const label of words.flatMap((word) => this.labels.get(this.form(word)) ?? [])) {
        hits.set(label, (hits.get(label) ?? 0) + weight);
        all += weight;
      }
    }
    const ranked = [...hits]
      .filter(([, of]) => of / all >= LEAST_SHARE)
      .toSorted(([one, a], [other, b]) => b - a || (one < other ? -1 : 1));
    return { taxonomies: ranked.slice(0, MOST).map(([label, of]) => ({ label, score: rounded(of / all) })) };
  }
}

/** Whole words of the text alone. */
export class TaxonomyExtractorV20 implements Extractor {
  readonly id = 'taxonomy';
  readonly version = 'v2.0';
  private readonly taxonomy = new VocabularyTaxonomy((word) => word);

  async extract({ text }: Payload): Promise<Enrichments> {
    return this.taxonomy.of([{ words: tellingWords(text), weight: 1 }]);
  }
}

/** Words without their endings; those of the title count threefold, those of the URL's path twice. */
export class TaxonomyExtractorV21 implements Extractor {
  readonly id = 'taxonomy';
  readonly version = 'v2.1';
  private readonly taxonomy = new VocabularyTaxonomy(stem);

  async extract({ text, title = '', url = '' }: Payload): Promise<Enrichments> {
    return this.taxonomy.of([
      { words: tellingWords(text), weight: 1 },
      { words: tellingWords(title), weight: 3 },
      { words: tellingWords(pathWords(url)), weight: 2 },
    ]);
  }
}

function pathWords(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname.replaceAll(/[^a-zA-Z]+/g, ' ') : '';
}
