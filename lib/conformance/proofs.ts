/** One test, by its file and its full title. */
export interface NamedTest {
  readonly file: string;
  readonly title: string;
}

/** What shows a demand that no template shows. */
export interface Proof {
  readonly demand: string;
  /** For a runtime demand: all of them must have passed as they stand. */
  readonly tests: readonly NamedTest[];
  /** For a process demand: all of them must exist. */
  readonly files: readonly string[];
}

function tests(demand: string, file: string, suite: string, titles: readonly string[]): Proof {
  return { demand, files: [], tests: titles.map((title) => ({ file, title: `${suite} ${title}` })) };
}

const COST_FILES = ['cli/src/cost/command.ts', 'docs/cost.md', 'docs/decisions/ADR-06-cost.md', 'test/cli/cost/stages.test.ts'];

/** A demand that is only partly built has none, and stays planned. */
export const PROOFS: readonly Proof[] = [
  tests('REC-1.11', 'test/gateway/health.test.ts', 'health', [
    'is live when the app answers 200: 200',
    'is live when the app answers silent: 503',
    'is ready when the app answers 200: 200',
    'is ready when the app answers 503: 503',
    'is ready when the app answers silent: 503',
    'is neither live nor ready without an app',
    'stays live but unready while it drains',
  ]),
  tests('REC-4.8', 'test/gateway/deadline.test.ts', 'the deadline of a route', [
    'answers 504 when the app has sent nothing',
    'cuts the connection when the answer has begun',
    'counts a body that trickles in',
  ]),
  { demand: 'REC-11.5', tests: [], files: COST_FILES },
  { demand: 'REC-11.6', tests: [], files: COST_FILES },
];
