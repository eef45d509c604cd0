import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as http from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import type { SQSEvent } from 'aws-lambda';
import { DynamoJobStore, jobKinds, Jobs, jobTable, systemClock } from 'plinth-runtime/jobs';
import type { handler as Sweeper } from '../../../lambda/job-sweeper/handler';
import type { handler as Worker } from '../../../lambda/job-worker/handler';
import { Dynalite } from '../../support/dynalite';
import { closeServers, listen } from '../deployment-test-traffic/local-server';

jest.setTimeout(30_000);

const KIND = 'documents.process';
const context = { getRemainingTimeInMillis: () => 60_000 };

/** A queue that takes every message. */
async function queue() {
  const sent: { MessageBody: string; MessageGroupId: string; DelaySeconds: number }[] = [];
  const server = http.createServer((request, response) => {
    void json(request).then((command) => {
      sent.push(command as (typeof sent)[number]);
      const MD5OfMessageBody = createHash('md5')
        .update((command as { MessageBody: string }).MessageBody)
        .digest('hex');
      response.setHeader('content-type', 'application/x-amz-json-1.0').end(JSON.stringify({ MessageId: 'm', MD5OfMessageBody }));
    });
  });
  return { sent, url: `http://127.0.0.1:${await listen(server)}` };
}

let dynalite: Dynalite;
let jobs: Jobs;
let sent: Awaited<ReturnType<typeof queue>>['sent'];
let worker: typeof Worker;
let sweeper: typeof Sweeper;

beforeAll(async () => {
  dynalite = await Dynalite.start();
  await dynalite.createTable(jobTable('jobs'));
  const processor = http.createServer((request, response) => {
    void json(request).then((body) => response.end(JSON.stringify({ result: { done: (body as { input: unknown }).input } })));
  });
  const { url, sent: messages } = await queue();
  sent = messages;
  const lambda = `http://127.0.0.1:${await listen(processor)}`;
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
    AWS_ENDPOINT_URL_DYNAMODB: dynalite.endpoint,
    AWS_ENDPOINT_URL_SQS: url,
    AWS_ENDPOINT_URL_LAMBDA: lambda,
    JOB_TABLE: 'jobs',
    JOB_QUEUE_URL: `${url}/jobs`,
    JOB_KINDS: JSON.stringify([{ name: KIND, processor: { type: 'function', functionName: 'process-documents' } }]),
  });
  // Loaded here because they read their environment while loading.
  worker = jest.requireActual<{ handler: typeof Worker }>('../../../lambda/job-worker/handler').handler;
  sweeper = jest.requireActual<{ handler: typeof Sweeper }>('../../../lambda/job-sweeper/handler').handler;
  const store = new DynamoJobStore({ client: dynalite.client(), tableName: 'jobs', clock: systemClock });
  jobs = new Jobs({ store, messages: { send: async () => undefined }, kinds: jobKinds([{ name: KIND }]), resendAfterMs: 0 });
  jest.spyOn(console, 'info').mockImplementation();
  jest.spyOn(console, 'error').mockImplementation();
});
afterAll(async () => {
  await closeServers();
  await dynalite?.stop();
});

const submitted = async (input: number) => {
  const outcome = await jobs.submit({ tenantId: 'acme', kind: KIND, input });
  if (outcome.type !== 'created') throw new Error(`a job must be created, got ${outcome.type}`);
  return outcome.job.id;
};
const eventOf = (...bodies: string[]) => ({ Records: bodies.map((body, at) => ({ messageId: `m-${at}`, body })) }) as SQSEvent;

test('the worker does the jobs of an event, and answers the messages that are to come again', async () => {
  const id = await submitted(7);

  const answer = await worker(eventOf(JSON.stringify({ jobId: id, tenantId: 'acme' }), 'nonsense'), context);

  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-1' }] });
  expect(await jobs.get('acme', id)).toMatchObject({ state: 'succeeded', result: { done: 7 } });
  expect(console.info).toHaveBeenCalledWith(expect.objectContaining({ event: 'job-attempt', jobId: id, outcome: 'succeeded', attempt: 1 }));
});

test('the sweeper sends a message, in the group of its tenant, for a job whose message is lost', async () => {
  const id = await submitted(8);
  await sweeper({}, context);

  expect(sent).toMatchObject([{ MessageBody: JSON.stringify({ jobId: id, tenantId: 'acme' }), MessageGroupId: 'acme', DelaySeconds: 0 }]);
  expect(console.info).toHaveBeenCalledWith(expect.objectContaining({ event: 'job-sweep', due: 1, sent: 1, failed: 0 }));
});

test('the bundles are under 450 KB with the SDK inside, and at most 0.7 of what NodejsFunction makes', () => {
  const script = join(__dirname, '..', '..', '..', 'scripts', 'bench', 'function-bundles.mjs');
  const run = spawnSync(process.execPath, [script], { env: { ...process.env, ROUNDS: '1' }, encoding: 'utf8' });
  const { figures } = JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '{}') as {
    figures: Record<string, { kb: number; ofNodejsFunction: number }>;
  };

  for (const name of ['job-worker', 'job-sweeper']) {
    expect(figures[name]?.kb).toBeLessThan(450);
    expect(figures[name]?.ofNodejsFunction).toBeLessThanOrEqual(0.7);
  }
});
