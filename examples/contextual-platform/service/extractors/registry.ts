import type { Extractor } from './extractor';
import { KeywordExtractor } from './keywords';
import { TaxonomyExtractorV20, TaxonomyExtractorV21 } from './taxonomy';

/** Extractors by id and version. */
export class ExtractorRegistry {
  private readonly byId = new Map<string, ReadonlyMap<string, Extractor>>();

  constructor(extractors: readonly Extractor[]) {
    for (const extractor of extractors) {
      const { id, version } = extractor;
      if (this.find(id, version))
        throw new Error(`ExtractorRegistry: ${id} ${version} must be registered once, got it twice; give a version`);
      this.byId.set(id, new Map([...(this.byId.get(id) ?? []), [version, extractor]]));
    }
  }

  get ids(): string[] {
    return [...this.byId.keys()].toSorted();
  }

  /** The versions of an extractor, in the order of their registration; none where there is no such extractor. */
  versions(id: string): string[] {
    return [...(this.byId.get(id)?.keys() ?? [])];
  }

  find(id: string, version: string): Extractor | undefined {
    return this.byId.get(id)?.get(version);
  }
}

/** Those that need nothing but this process. */
export const localExtractors = (): ExtractorRegistry =>
  new ExtractorRegistry([new TaxonomyExtractorV20(), new TaxonomyExtractorV21(), new KeywordExtractor()]);
