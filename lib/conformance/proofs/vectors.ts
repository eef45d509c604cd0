import { type Proof, shownBy } from './proof';

/** What shows the demands of vector search. */
export const vectorsProofs: readonly Proof[] = [
  shownBy('REC-2.3', {
    'test/examples/recommendation-api/database.test.ts': ['REC-2.3 recommends what is closest in the database'],
    'test/examples/recommendation-api/local.test.ts': [
      'the recommendation API as its template wires it REC-2.3 ranks the categories that the bootstrap made room for, nearest first',
    ],
    'test/runtime/vector-search/search.test.ts': [
      'search over 1,348 rows REC-2.3 finds by the index 0.99 or more of what brute force finds',
      'search over 1,348 rows REC-2.3 finds with any filter what brute force finds, when told to compare',
      'search over 1,348 rows REC-2.3 finds with any filter what brute force finds, when it decides itself',
    ],
  }),
  shownBy('REC-2.12', {
    'test/examples/recommendation-api/categories-file.test.ts': ['REC-2.12 there are 1,348 categories'],
    'test/examples/recommendation-api/relevance.test.ts': [
      'REC-2.12 searches 1,348 categories in under 100 ms',
      'REC-2.12 answers other queries in under 50 ms',
    ],
    'test/runtime/vector-search/search.test.ts': [
      'search over 1,348 rows REC-2.12 answers in under 20 ms at p95, in the best of five rounds',
    ],
  }),
  shownBy('REC-12.4', {
    'test/examples/recommendation-api/relevance.test.ts': [
      'REC-12.4 answers simple queries in under 50 ms, and joins in under 200 ms',
      'REC-12.4 searches vectors in under 100 ms',
    ],
    'test/runtime/vector-search/search.test.ts': ['search over 1,348 rows REC-12.4 answers by words in under 50 ms, in the best of five'],
  }),
  shownBy('CTX-9.1', {
    'test/runtime/vector-search/table.test.ts': [
      'a vector table is served by its indexes CTX-9.1 for one URL',
      'a vector table is served by its indexes CTX-9.1 for containment in taxonomies',
      'a vector table is served by its indexes CTX-9.1 for the most recent first',
      'a vector table has analytics CTX-9.1 in a materialized view of rows by taxonomy and day, refreshed beside its readers',
    ],
  }),
  shownBy('VEC-1.1', {
    'test/runtime/vector-search/telemetry.test.ts': [
      'telemetry of vectors VEC-1.1 count 0 results in the bucket 0',
      'telemetry of vectors VEC-1.1 count 1 results in the bucket 1-10',
      'telemetry of vectors VEC-1.1 count 10 results in the bucket 1-10',
      'telemetry of vectors VEC-1.1 count 11 results in the bucket 11-100',
      'telemetry of vectors VEC-1.1 count 101 results in the bucket 101-1000',
      'telemetry of vectors VEC-1.1 tell exact from near, and hybrid from its parts',
    ],
  }),
  shownBy('VEC-1.2', {
    'test/runtime/provider/channel.test.ts': [
      'what stands between the callers and the provider VEC-1.2 reports requests by outcome, retries, cost, breaker and the success rate',
    ],
    'test/runtime/vector-search/search.test.ts': ['search over 1,348 rows VEC-1.2 measures recall and the size of its index'],
    'test/runtime/vector-search/telemetry.test.ts': [
      'telemetry of vectors VEC-1.2 time writes and reads',
      'telemetry of vectors VEC-1.2 tell by how much the index grew',
    ],
  }),
  shownBy('VEC-1.4', {
    'test/runtime/vector-search/telemetry.test.ts': [
      'telemetry of vectors VEC-1.4 are a span for each operation, with no value of it',
      'telemetry of vectors VEC-1.4 mark what failed by its code alone',
    ],
  }),
  shownBy('VEC-3.1', {
    'test/runtime/provider/channel.test.ts': [
      'what stands between the callers and the provider VEC-3.1 leaves embeddings alone for 60 s, and AST-4.1 chat for 30 s',
    ],
    'test/runtime/resilience/breaker.test.ts': [
      'Breaker VEC-3.1 refuses calls for 60 s without making them, and says how long',
      'Breaker VEC-3.1 is half-open after 60 s by default',
    ],
    'test/runtime/vector-search/breakers.test.ts': [
      'withBreakers VEC-3.1 opens after 5 searches that time out, and stays open for 60 s',
      'withBreakers VEC-3.1 opens after 5 searches without a server, and stays open for 60 s',
      'withBreakers VEC-3.1 opens after 5 writes that time out, and stays open for 60 s',
      'withBreakers VEC-3.1 opens after 5 writes without a server, and stays open for 60 s',
      'withBreakers VEC-3.1 opens after 5 writes that find no memory for the index, and stays open for 60 s',
      'withBreakers VEC-3.1 opens after 5 writes that find no disk for the index, and stays open for 60 s',
      'withBreakers VEC-3.1 opens after 5 writes that the index has no room for, and stays open for 60 s',
      'withBreakers VEC-3.1 opens after 5 searches that find no memory, and stays open for 60 s',
      'withBreakers VEC-3.1 goes on searching while writes fail',
      'withBreakers VEC-3.1 goes on writing while searches time out',
      'withBreakers VEC-3.1 leaves the server alone as a whole when it has no memory',
    ],
  }),
];
