import type { Enrichments, Extractor, Payload } from './extractor';
import { rounded, tellingWords } from './words';

const MOST = 10;
const OF_TITLE = 3;

/** The words that a text uses most; those of its title count threefold. */
export class KeywordExtractor implements Extractor {
  readonly id = 'keywords';
  readonly version = 'v1.0';

  async extract({ text, title = '' }: Payload): Promise<Enrichments> {
    const counts = new Map<string, number>();
    const count = (words: readonly string[], weight: number) => {
      for (const word of words) counts.set(word, (counts.get(word) ?? 0) + weight);
    };
    count(tellingWords(title), OF_TITLE);
    count(tellingWords(text), 1);
    const ranked = [...counts].toSorted(([one, often], [other, less]) => less - often || (one < other ? -1 : 1)).slice(0, MOST);
    const highest = ranked[0]?.[1] ?? 1;
    return { keywords: ranked.map(([keyword, times]) => ({ keyword, score: rounded(times / highest) })) };
  }
}
