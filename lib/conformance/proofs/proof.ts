/** One test, by its file and its full title. */
export interface NamedTest {
  readonly file: string;
  readonly title: string;
}

/** What shows a demand that no template shows. A demand that is only partly built has none, and stays planned. */
export interface Proof {
  readonly demand: string;
  /** For a runtime demand: all of them must have passed as they stand. */
  readonly tests: readonly NamedTest[];
  /** For a process demand: all of them must exist. */
  readonly files: readonly string[];
}

/** A runtime demand, by the full titles of tests in their files. */
export function shownBy(demand: string, titles: { readonly [file: string]: readonly string[] }): Proof {
  const tests = Object.entries(titles).flatMap(([file, all]) => all.map((title) => ({ file, title })));
  return { demand, tests, files: [] };
}

/** A process demand, by files. */
export function shownByFiles(demand: string, ...files: readonly string[]): Proof {
  return { demand, tests: [], files };
}
