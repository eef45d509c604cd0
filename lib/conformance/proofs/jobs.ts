import { type Proof, shownBy } from './proof';

/** What shows the demands of jobs, of the documents they process, and of logs. */
export const jobsProofs: readonly Proof[] = [
  shownBy('REC-7.6', {
    'test/examples/recommendation-api/process.test.ts': [
      'REC-7.6 writes nothing but JSON lines with a level, DEBUG where LOG_LEVEL says so',
    ],
    'test/gateway/process.test.ts': ['the gateway process REC-7.6 writes nothing but JSON lines with a level'],
    'test/jobs/platform.test.ts': ['REC-7.6 every function logs JSON with levels, and every container to CloudWatch as it writes'],
    'test/runtime/telemetry.test.ts': [
      'the logger REC-7.6 of the level ERROR writes what is as pressing',
      'the logger REC-7.6 of the level WARN writes what is as pressing',
      'the logger REC-7.6 of the level INFO writes what is as pressing',
      'the logger REC-7.6 of the level DEBUG writes what is as pressing',
      'the logger REC-7.6 is of the level INFO where LOG_LEVEL names none',
      'the logger REC-7.6 refuses a level it does not know',
    ],
    'test/service/task.test.ts': ['REC-7.6 the app and the gateway are told the same level of log'],
  }),
  shownBy('CTX-1.4', {
    'test/examples/contextual-platform/database.test.ts': ['CTX-1.4 stores what it answers'],
    'test/examples/contextual-platform/documents.test.ts': [
      'CTX-1.4 processes a document and returns its enrichments',
      'CTX-1.4 enriches with what the features ask for and nothing else',
    ],
    'test/examples/contextual-platform/extractors.test.ts': [
      'CTX-1.4 both versions of taxonomy find Technology',
      'CTX-1.4 both versions of taxonomy find Health',
      'CTX-1.4 both versions of taxonomy find Food',
      'CTX-1.4 both versions of taxonomy find Finance',
      'CTX-1.4 both versions of taxonomy find Travel',
    ],
    'test/examples/contextual-platform/local.test.ts': [
      'CTX-1.4 enriches a document behind the gateway and keeps it, the same one again from the cache',
    ],
    'test/examples/recommendation-api/local.test.ts': [
      'the recommendation API as its template wires it CTX-1.4 asks for a key, but not for the document and the list of categories',
    ],
  }),
  shownBy('CTX-3.1', {
    'test/api/jobs/submit.test.ts': [
      'POST /v1/jobs/batch CTX-3.1 answers each item as if it had come alone',
      'POST /v1/jobs/batch CTX-3.1 takes a hundred at once',
    ],
    'test/examples/contextual-platform/batch.test.ts': [
      'CTX-3.1 answers each document in the order they came',
      'CTX-3.1 bad documents are named and leave the others as they are',
      'CTX-3.1 a full batch takes as long as one document',
      'CTX-3.1 batches share one pool of workers and its bound',
    ],
    'test/examples/contextual-platform/database.test.ts': ['CTX-3.1 stores the documents of a batch that are right, and only those'],
    'test/examples/contextual-platform/local.test.ts': ['CTX-3.1 answers a batch per item: what can be done is done'],
    'test/jobs/job-queue.test.ts': [
      'the gateway of a platform with jobs CTX-3.1 takes as much through the firewall as the routes do: /v1/jobs/batch of 1048576 bytes',
      'the gateway of a platform with jobs CTX-3.1 takes as much through the firewall as the routes do: /v1/jobs/batch of 1048577 bytes',
      'the gateway of a platform with jobs CTX-3.1 takes as much through the firewall as the routes do: /v1/jobs of 65536 bytes',
      'the gateway of a platform with jobs CTX-3.1 takes as much through the firewall as the routes do: /v1/jobs of 65537 bytes',
    ],
  }),
  shownBy('CTX-4.1', {
    'test/api/jobs/submit.test.ts': ['POST /v1/jobs CTX-4.1 answers at once with job_id, status queued and estimated_time_ms'],
    'test/examples/contextual-platform/app.test.ts': [
      'CTX-4.1 the app is told where jobs are kept and announced, and the worker where they are done',
    ],
    'test/examples/contextual-platform/jobs.test.ts': [
      'CTX-4.1 answers at once with job_id, status queued and estimated_time_ms, and processes nothing yet',
    ],
    'test/examples/contextual-platform/local.test.ts': [
      'CTX-4.1 answers async=true at once with job_id, status queued and estimated_time_ms',
    ],
    'test/examples/recommendation-api/local.test.ts': [
      'the recommendation API as its template wires it CTX-4.1 CTX-4.3 queues a recommendation, works it by the worker of the template, and tells what came of it',
    ],
    'test/gateway/access-process.test.ts': ['the gateway process with keys and jobs CTX-4.1 takes a job into the table and the queue'],
    'test/gateway/platform-api.test.ts': [
      'the jobs of a gateway CTX-4.1 takes a job of the tenant of the key and answers 202 with its place',
    ],
    'test/jobs/job-queue.test.ts': [
      'the gateway of a platform with jobs CTX-4.1 is told of the table, the queue, the kinds and the bucket as it reads them',
    ],
    'test/runtime/jobs/contract-queue.test.ts': [
      "the queue of jobs in memory the estimate CTX-4.1 is the kind's own while nothing was measured",
      'the queue of jobs in memory the estimate CTX-4.1 is what half of the jobs took, a fifth too high at most',
      "the queue of jobs in DynamoDB the estimate CTX-4.1 is the kind's own while nothing was measured",
      'the queue of jobs in DynamoDB the estimate CTX-4.1 is what half of the jobs took, a fifth too high at most',
    ],
    'test/runtime/jobs/contract.test.ts': [
      'jobs in memory submitting CTX-4.1 queues a job and sends a message for its tenant',
      'jobs in DynamoDB submitting CTX-4.1 queues a job and sends a message for its tenant',
    ],
  }),
  shownBy('CTX-4.3', {
    'test/api/jobs/read.test.ts': ['GET /v1/jobs/{id} CTX-4.3 tells status and result'],
    'test/examples/contextual-platform/jobs.test.ts': [
      'CTX-4.3 the job tells its status, then its result: document_id, enrichments and processing_time_ms',
    ],
    'test/examples/contextual-platform/local.test.ts': [
      'CTX-4.3 a waiting GET tells the result that queue, worker and signed call brought, and the document is there',
      "CTX-4.3 a job is its tenant's: none is found by another id, and without a key nobody is told anything",
    ],
    'test/examples/recommendation-api/jobs.test.ts': ['CTX-4.3 a job comes to what the route answers'],
    'test/examples/recommendation-api/local.test.ts': [
      'the recommendation API as its template wires it CTX-4.1 CTX-4.3 queues a recommendation, works it by the worker of the template, and tells what came of it',
    ],
    'test/gateway/platform-api.test.ts': ['the jobs of a gateway CTX-4.3 tells a job to its own tenant only'],
    'test/runtime/jobs/contract.test.ts': [
      'jobs in memory an attempt CTX-4.3 ends a job with its result',
      'jobs in DynamoDB an attempt CTX-4.3 ends a job with its result',
    ],
  }),
  shownBy('DOC-4.2', {
    'test/api/jobs/submit.test.ts': [
      'POST /v1/jobs DOC-4.2 answers 429 with Retry-After to a tenant with too many queued, 503 when all have',
    ],
    'test/runtime/jobs/contract-queue.test.ts': [
      'the queue of jobs in memory the bounds DOC-4.2 refuse a tenant with too many queued jobs, until one is claimed',
      'the queue of jobs in memory the bounds DOC-4.2 refuse everybody when all together have too many',
      'the queue of jobs in DynamoDB the bounds DOC-4.2 refuse a tenant with too many queued jobs, until one is claimed',
      'the queue of jobs in DynamoDB the bounds DOC-4.2 refuse everybody when all together have too many',
    ],
  }),
];
