/** Paths, exact or with everything below a prefix (`/public/*`). Matched as they are written: another spelling is another path. */
export class PathSet {
  private readonly exact: ReadonlySet<string>;
  private readonly prefixes: readonly string[];

  constructor(paths: readonly string[]) {
    this.exact = new Set(paths.filter((path) => !path.endsWith('/*')));
    this.prefixes = paths.filter((path) => path.endsWith('/*')).map((path) => path.slice(0, -1));
  }

  has(path: string): boolean {
    return this.exact.has(path) || this.prefixes.some((prefix) => path.startsWith(prefix));
  }
}
