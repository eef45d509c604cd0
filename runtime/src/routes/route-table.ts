/** The limits of one route: what a request may take, and the class its metrics are reported under. */
export interface RouteLimits {
  /** Exact (`/api/status`) or a prefix (`/api/files/*`). */
  readonly path: string;
  readonly class: string;
  readonly deadlineMs: number;
  readonly maxBodyBytes: number;
}

/** Finds the limits of a path: the first route that matches decides. */
export class RouteTable {
  private readonly rules: { readonly text: string; readonly isPrefix: boolean; readonly route: RouteLimits }[];
  private readonly last: RouteLimits;

  constructor(routes: readonly RouteLimits[]) {
    const last = routes.at(-1);
    if (last?.path !== '/*') throw new Error(`routes: the last path must be /*, got ${last?.path ?? 'no route'}; add a route for /*`);
    this.last = last;
    this.rules = routes.slice(0, -1).map((route) => {
      const isPrefix = route.path.endsWith('/*');
      return { text: isPrefix ? route.path.slice(0, -1) : route.path, isPrefix, route };
    });
  }

  match(path: string): RouteLimits {
    const plain = decoded(path);
    for (const rule of this.rules) {
      if (rule.isPrefix ? plain.startsWith(rule.text) : plain === rule.text) return rule.route;
    }
    return this.last;
  }
}

// An app decodes before it routes: matching the raw text would let /api/%63hat/ pick another route's limits.
function decoded(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
