const nodePath = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * The slowest, which jest does not know on a clean clone, where it starts with the largest. What makes an engine of rules comes before the
 * heap of its worker is large, as that takes it three times as long then.
 */
const FIRST = [
  'findings.test.ts',
  'deploy-rules/deploy-rules.test.ts',
  'data/findings.test.ts',
  'contract/public-api.test.ts',
  'examples/recommendation-api/relevance.test.ts',
  'examples/recommendation-api/local.test.ts',
  'runtime/vector-search/search.test.ts',
  'runtime/webhooks/faults.test.ts',
  'runtime/jobs/races.test.ts',
  'runtime/webhooks/endpoints-dynamo.test.ts',
  'harness/jobs.test.ts',
  'harness/webhooks.test.ts',
].map((file) => nodePath.join(__dirname, '..', file));

class SlowestFirst extends Sequencer {
  sort(tests) {
    // oxlint-disable-next-line unicorn/no-array-sort -- jest's own method, not that of arrays
    const sorted = super.sort(tests);
    const first = FIRST.flatMap((file) => sorted.filter(({ path }) => path === file));
    return [...first, ...sorted.filter(({ path }) => !FIRST.includes(path))];
  }
}

module.exports = SlowestFirst;
