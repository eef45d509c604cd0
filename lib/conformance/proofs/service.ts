import { type Proof, shownBy } from './proof';

/** What shows the demands of sessions, caches, the model provider and the load. */
export const serviceProofs: readonly Proof[] = [
  shownBy('REC-3.7', {
    'test/examples/recommendation-api/sessions.test.ts': [
      'REC-3.7 sets a cookie that only HTTPS carries and no script reads',
      'REC-3.7 a session lives for 24 hours after its last use',
      'REC-3.7 a session takes at most 5 KB, whatever the queries are',
    ],
    'test/runtime/cache/session-store.test.ts': [
      'SessionStore REC-3.7 keeps a session for 24 hours after its last use',
      'SessionStore REC-3.7 holds at most 5 KB',
    ],
  }),
  shownBy('REC-3.8', {
    'test/examples/recommendation-api/local.test.ts': [
      'the recommendation API as its template wires it REC-3.8 answers the same question again from the cache',
    ],
    'test/examples/recommendation-api/recommendations.test.ts': [
      'REC-3.8 answers the same request from the cache, for 300 s where nothing else is set',
      'REC-3.8 keeps answers for as long as RESPONSE_CACHE_SECONDS says',
      'REC-3.8 makes a new answer for another text',
      'REC-3.8 makes a new answer for another limit',
      'REC-3.8 makes a new answer for another filter',
    ],
    'test/runtime/cache/response-cache.test.ts': [
      'ResponseCache REC-3.8 computes once and serves the value for five minutes by default',
      'ResponseCache REC-3.8 serves it for fifteen minutes when told so',
      'ResponseCache REC-3.8 keeps values of up to 64 KB and passes larger ones by',
    ],
  }),
  shownBy('REC-3.10', {
    'test/runtime/cache/valkey-cache-store.test.ts': [
      'ValkeyCacheStore and the loss of its server REC-3.10 reads and writes again once there is a server',
    ],
    'test/runtime/cache/valkey-failover.test.ts': [
      'ValkeyCacheStore and the loss of a primary REC-3.10 reads and writes again in under 30 s once the replica is promoted',
    ],
  }),
  shownBy('REC-12.2', {
    'test/examples/recommendation-api/local.test.ts': [
      'the recommendation API as its template wires it REC-12.2 answers 100 requests a second, four of five from the cache, without an error',
    ],
  }),
  shownBy('REC-14.1', {
    'test/platform/data-tier.test.ts': [
      'REC-14.1 gives each task of dev its share of what the provider takes in a minute: 1000',
      'REC-14.1 gives each task of staging its share of what the provider takes in a minute: 1000',
      'REC-14.1 gives each task of production its share of what the provider takes in a minute: 500',
    ],
    'test/runtime/provider/channel.test.ts': [
      'what stands between the callers and the provider REC-14.1 spreads requests over the minute that its limit names',
      'what stands between the callers and the provider REC-14.1 fails at once when the limit leaves no room before the deadline',
    ],
    'test/runtime/provider/openai-provider.test.ts': [
      'OpenAiProvider REC-14.1 embeds texts in their order, whatever the order of the answer',
      'OpenAiProvider REC-14.1 tries a provider that fails four times in all, with doubling waits',
      'OpenAiProvider REC-14.1 never comes back before what Retry-After asks in seconds',
      'OpenAiProvider REC-14.1 never comes back before what Retry-After asks in a date',
      'OpenAiProvider REC-14.1 never comes back before what Retry-After asks in a date that has passed',
      'OpenAiProvider REC-14.1 never comes back before what Retry-After asks in nonsense',
      'OpenAiProvider REC-14.1 gives up at once when Retry-After lies past the deadline',
      'OpenAiProvider REC-14.1 gives up after 30 s on a provider that never answers, and ends the connection',
      'OpenAiProvider REC-14.1 gives up after 30 s on a provider that drips for ever, and ends the connection',
      'OpenAiProvider REC-14.1 is cut by the deadline of the request (5000 ms), which tells of the provider unless it is short',
      'OpenAiProvider REC-14.1 is cut by the deadline of the request (900 ms), which tells of the provider unless it is short',
      'OpenAiProvider REC-14.1 opens its breaker after 5 failures and asks no more',
    ],
    'test/runtime/provider/provider-config.test.ts': [
      'the configuration of the provider REC-14.1 is 10,000 requests a minute, 30 s a request and 3 retries by default',
    ],
    'test/runtime/provider/timing.test.ts': [
      'the times of one call REC-14.1 keep the deadline, Retry-After and four attempts, whatever the provider does',
    ],
    'test/runtime/resilience/limits.test.ts': ['RateLimit REC-14.1 lets 10,000 requests a minute go and no more, by default'],
    'test/runtime/resilience/retry.test.ts': [
      'retry REC-14.1 tries at most four times in all, with doubling waits',
      'retry REC-14.1 gives up at once when the wait would pass the deadline',
      'retry REC-14.1 never goes past the deadline, whatever the provider asks for',
    ],
  }),
  shownBy('REC-14.2', {
    'test/examples/recommendation-api/recommendations.test.ts': [
      'REC-14.2 answers what it answered before while the provider is out, then says that it cannot',
      'REC-14.2 answers what it answered before while the database is out, then says that it cannot',
      'REC-14.2 answers anew as soon as the provider is back',
    ],
    'test/runtime/cache/response-cache.test.ts': ['ResponseCache REC-14.2 serves a value past its time only when computing fails'],
  }),
  shownBy('VEC-2.4', {
    'test/examples/recommendation-api/recommendations.test.ts': [
      'VEC-2.4 searches by words while only a substitute of the provider answers, and by meaning when it is back',
    ],
    'test/runtime/provider/cached-embedder.test.ts': ['CachedEmbedder VEC-2.4 goes on with what it has while the provider is out'],
    'test/runtime/provider/shared-embedder.test.ts': [
      'the embedder of a process VEC-2.4 goes on with cached embeddings during an outage, and with the provider after it',
      'the embedder of a process VEC-2.4 answers queries by a substitute that says whose vectors they are, when that is allowed',
    ],
  }),
  shownBy('AST-2.2', {
    'test/runtime/provider/cached-embedder.test.ts': ['CachedEmbedder AST-2.2 asks for a text once in seven days'],
  }),
  shownBy('AST-5.1', {
    'test/examples/recommendation-api/recommendations.test.ts': ['AST-5.1 uses one embedder for every request of the process'],
    'test/examples/recommendation-api/relevance.test.ts': [
      'AST-5.1 answers as quickly the second time as ever after, as nothing is loaded for a request',
    ],
    'test/runtime/provider/shared-embedder.test.ts': [
      'the embedder of a process AST-5.1 is made once, and its second use takes under 0.2 s',
      'the embedder of a process AST-5.1 reads its configuration once',
    ],
  }),
];
