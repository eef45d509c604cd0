import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../assembly';
import type { NamedTest } from './proofs';

/** The file that a test run leaves its results in. */
export const RESULTS_FILE = '.test-results.json';

/** How a test went, as far as the file it stands in is still the one that ran. */
export type Outcome = 'passed' | 'failed' | 'not run';

/** The results of the last runs of every test file. */
export class TestResults {
  /** @param root the directory of the project */
  static in(root: string): TestResults {
    const file = join(root, RESULTS_FILE);
    const content: unknown = existsSync(file) ? parsed(readFileSync(file, 'utf8')) : [];
    return new TestResults(root, Array.isArray(content) ? content.filter(isObject) : []);
  }

  private readonly hashes = new Map<string, string>();

  private constructor(
    private readonly root: string,
    private readonly results: readonly { readonly [name: string]: unknown }[],
  ) {}

  outcome({ file, title }: NamedTest): Outcome {
    const result = this.results.find((one) => one.file === file && one.title === title);
    if (!result || result.sha256 !== this.hash(file)) return 'not run';
    return result.outcome === 'passed' || result.outcome === 'failed' ? result.outcome : 'not run';
  }

  private hash(file: string): string {
    const known = this.hashes.get(file);
    if (known !== undefined) return known;
    const path = join(this.root, file);
    const hash = existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'absent';
    this.hashes.set(file, hash);
    return hash;
  }
}

/** A broken file says nothing, as does none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return [];
  }
}
