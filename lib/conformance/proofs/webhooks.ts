import { type Proof, shownBy } from './proof';

/** What shows the demands of webhooks. */
export const webhooksProofs: readonly Proof[] = [
  shownBy('CTX-4.2', {
    'test/examples/contextual-platform/local.test.ts': [
      'CTX-4.2 the end of a job is posted, signed, with job_id, status, document_id, enrichments and processing_time_ms',
    ],
    'test/runtime/webhooks/job-ends.test.ts': [
      "a job's webhook_url CTX-4.2 is posted the end once, with job_id, status, document_id, enrichments and processing_time_ms",
      "a job's webhook_url CTX-4.2 is posted a failure with its error",
      "a job's webhook_url CTX-4.2 is posted job.completed where the kind has no event of its own, and a result that is no object as it is",
      "a job's webhook_url CTX-4.2 is told where a result lies that is too large",
      "a job's webhook_url CTX-4.2 is posted a job that was cancelled",
      "a job's webhook_url CTX-4.2 is posted once however often the end is told",
      "a job's webhook_url CTX-4.2 is the registered endpoint of exactly this URL, with its own secret",
      "a job's webhook_url CTX-4.2 is not posted what its endpoint subscribed to twice",
    ],
    'test/webhooks/webhook-delivery.test.ts': [
      'the functions CTX-4.2 the sender has time for an endpoint that takes 30 seconds, and less than a sixth of what a message is hidden for',
      'with fixed addresses CTX-4.2 only the sender stands in a network of its own, and is told of its range',
    ],
  }),
  shownBy('CTX-10.1', {
    'test/api/webhooks/endpoints.test.ts': [
      'POST /v1/webhooks CTX-10.1 registers url, events, retry policy and security, and shows the secret',
      'POST /v1/webhooks CTX-10.1 gives three attempts, exponential, ten seconds and a generated secret where none is named',
    ],
    'test/gateway/webhooks-api.test.ts': ['the webhooks of a gateway CTX-10.1 registers a webhook of the tenant of the key'],
    'test/runtime/webhooks/delivering.test.ts': ['a delivery CTX-10.1 goes to every endpoint whose events mean it'],
    'test/webhooks/webhook-queues.test.ts': [
      'the gateway of a platform with webhooks CTX-10.1 is told of the table, the queues and the key, and refuses the names of the platform',
    ],
  }),
  shownBy('CTX-10.2', {
    'test/lambda/webhooks/handlers.test.ts': ['CTX-10.2 a message is fanned out and arrives, signed'],
    'test/runtime/webhooks/delivering.test.ts': [
      'a delivery CTX-10.2 is tried three times, 1 and 2 seconds apart or a fifth more, with a timeout of 10 seconds',
    ],
    'test/runtime/webhooks/retry-delay.test.ts': [
      'the wait before another attempt CTX-10.2 is 1, 2, 4 seconds by default, for three attempts in all',
    ],
  }),
  shownBy('CTX-10.3', {
    'test/api/webhooks/endpoints.test.ts': [
      'POST /v1/webhooks CTX-10.3 signs what is sent with the secret, in the header of its choice besides',
    ],
    'test/runtime/signing/keys.test.ts': ['a secret CTX-10.3 may be words of the receiver: the sample is taken'],
    'test/runtime/signing/signatures.test.ts': [
      'CTX-10.3 signs by HMAC as the vector of Standard Webhooks says',
      'CTX-10.3 carries the HMAC signatures in a header whose name the endpoint chose, besides webhook-signature',
      'CTX-10.3 signs with a secret in words, as its bytes in UTF-8',
      'CTX-10.3 signs any text as the library of Standard Webhooks does',
    ],
    'test/runtime/signing/verify.test.ts': [
      'CTX-10.3 verifies the vector of Standard Webhooks, and says what it was',
      'CTX-10.3 verifies what the library of Standard Webhooks signs',
      'CTX-10.3 the library of Standard Webhooks verifies what is signed here, among signatures of v1a',
      'CTX-10.3 verifies any bytes that were signed with any key',
      'CTX-10.3 refuses what was changed in any way',
      'CTX-10.3 takes what is signed with the old or the new key while they are rotated',
      'CTX-10.3 reads the signatures in the header that the endpoint chose',
    ],
    'test/runtime/webhooks/failure-modes-keys.test.ts': [
      'failure mode 15: keys that change CTX-10.3 the v1 signatures stand in the header of its choice too',
    ],
  }),
  shownBy('CTX-10.4', {
    'test/api/webhooks/deliveries.test.ts': [
      'GET /v1/webhooks/{id}/deliveries CTX-10.4 tells id, status, attempts, the latency of a success and the error of a failure',
      '/v1/webhooks/{id}/deliveries/{delivery} CTX-10.4 tells each attempt with what came of it',
    ],
    'test/gateway/webhooks-api.test.ts': ['the webhooks of a gateway CTX-10.4 tells its deliveries to a key that may read'],
    'test/runtime/webhooks/delivering.test.ts': ['a delivery CTX-10.4 succeeds with its attempt in its log'],
  }),
];
