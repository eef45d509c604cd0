import { type Proof, shownByFiles } from './proof';

const COST_FILES = ['cli/src/cost/command.ts', 'docs/cost.md', 'docs/decisions/ADR-06-cost.md', 'test/cli/cost/stages.test.ts'];

/** What shows the demands that are met by files. */
export const processProofs: readonly Proof[] = [
  shownByFiles(
    'REC-2.14',
    'cli/src/snapshot/command.ts',
    'docs/pipeline.md',
    'examples/pipeline/github-actions.yml',
    'test/cli/snapshot/command.test.ts',
    'test/examples/pipeline.test.ts',
  ),
  shownByFiles('REC-11.5', ...COST_FILES),
  shownByFiles('REC-11.6', ...COST_FILES),
];
