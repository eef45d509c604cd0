import * as http from 'node:http';
import { text } from 'node:stream/consumers';
import { type Attempt, JobProcessorError, verifyCall } from 'plinth-runtime/jobs';
import { FunctionProcessor } from '../../../lambda/job-worker/processor-function';
import { HttpProcessor } from '../../../lambda/job-worker/processor-http';
import { closeServers, listen } from '../deployment-test-traffic/local-server';

afterAll(closeServers);

const NOW = 1_760_000_000_000;
const keys = { current: 'key' };
const attempt = {
  job: { id: 'job_1', tenantId: 'acme', kind: 'documents.process', input: { page: 1 }, deadlineAt: NOW },
  fence: 2,
  signal: new AbortController().signal,
  report: () => undefined,
} as unknown as Attempt;
const sent = {
  job_id: 'job_1',
  tenant_id: 'acme',
  kind: 'documents.process',
  attempt: 2,
  deadline_at: new Date(NOW).toISOString(),
  input: { page: 1 },
};

interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A server with one answer, and what it was asked. */
async function answering({ status = 200, headers = {}, body = '' }: Answer) {
  const asked: { method?: string; url?: string; headers: http.IncomingHttpHeaders; body: string }[] = [];
  const server = http.createServer((request, response) => {
    void text(request).then((content) => {
      asked.push({ method: request.method, url: request.url, headers: request.headers, body: content });
      response.writeHead(status, headers).end(body);
    });
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, asked };
}

async function httpProcessor(answer: Answer) {
  const { url, asked } = await answering(answer);
  return { asked, processor: new HttpProcessor({ url: `${url}/internal/jobs?v=1`, keys: async () => keys, now: () => NOW }) };
}

async function functionProcessor(answer: Answer) {
  const { url, asked } = await answering(answer);
  const access = { region: 'eu-west-1', credentials: async () => ({ accessKeyId: 'id', secretAccessKey: 'secret' }), now: () => NOW };
  return { asked, processor: new FunctionProcessor('process-documents', access, url) };
}

const failureOf = async (work: Promise<unknown>) => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof JobProcessorError ? error.failure : error;
};

describe('an app that does the work', () => {
  test('is sent the job, signed with the internal key, and answers its result', async () => {
    const { processor, asked } = await httpProcessor({ body: '{"result":{"pages":3}}' });

    expect(await processor.process(attempt)).toEqual({ pages: 3 });

    const [{ method = '', url = '', headers, body }] = asked;
    expect([method, url, JSON.parse(body)]).toEqual(['POST', '/internal/jobs?v=1', sent]);
    expect(verifyCall({ method, target: url, body }, headers['x-job-signature'] as string, keys, NOW)).toEqual({ isValid: true });
  });

  test('may answer nothing', async () => {
    const { processor } = await httpProcessor({ status: 204 });
    expect(await processor.process(attempt)).toBeNull();
  });

  test.each([
    ['a 400', { status: 400 }, { code: 'processor-refused', message: 'the processor answered 400', retryable: false }],
    ['a redirect', { status: 302, headers: { location: '/' } }, { code: 'processor-refused', retryable: false }],
    ['a 429', { status: 429, headers: { 'retry-after': '7' } }, { code: 'processor-refused', retryable: true, retryAfterMs: 7000 }],
    ['a 503', { status: 503, body: 'away' }, { code: 'processor-refused', message: 'the processor answered 503', retryable: true }],
    [
      'its error',
      { status: 422, body: '{"error":{"code":"bad-page","message":"no page"}}' },
      { code: 'bad-page', message: 'no page', retryable: false },
    ],
    [
      'an error it calls retryable',
      { body: '{"error":{"code":"busy","message":"b","retryable":true}}' },
      { code: 'busy', retryable: true },
    ],
    ['no JSON', { body: 'done' }, { code: 'bad-answer', message: 'the processor must answer JSON with result or error', retryable: false }],
    ['too much', { body: 'x'.repeat(5_242_881) }, { code: 'result-too-large', message: 'the answer must be at most 5242880 bytes' }],
  ])('fails the attempt with %s', async (_name, answer, failure) => {
    const { processor } = await httpProcessor(answer);
    expect(await failureOf(processor.process(attempt))).toMatchObject(failure);
  });
});

describe('a function that does the work', () => {
  test('is invoked with the job and answers its result', async () => {
    const { processor, asked } = await functionProcessor({ body: '{"result":[1]}' });

    expect(await processor.process(attempt)).toEqual([1]);

    const [{ method, url, headers, body }] = asked;
    expect([method, url, JSON.parse(body)]).toEqual(['POST', '/2015-03-31/functions/process-documents/invocations', sent]);
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=id\/20251009\/eu-west-1\/lambda\/aws4_request, SignedHeaders=content-type;host;/,
    );
    expect(headers['x-amz-invocation-type']).toBe('RequestResponse');
  });

  test.each([
    [
      'a crash',
      { headers: { 'x-amz-function-error': 'Unhandled' }, body: '{"errorMessage":"secret"}' },
      { code: 'function-failed', message: 'the function crashed or ran out of time', retryable: true },
    ],
    ['a 429', { status: 429, headers: { 'retry-after': '3' } }, { code: 'function-refused', retryable: true, retryAfterMs: 3000 }],
    ['a 403', { status: 403 }, { code: 'function-refused', message: 'the function could not be invoked', retryable: true }],
    [
      'its error',
      { body: '{"error":{"code":"bad-page","message":"no page"}}' },
      { code: 'bad-page', message: 'no page', retryable: false },
    ],
  ])('fails the attempt with %s', async (_name, answer, failure) => {
    const { processor } = await functionProcessor(answer);
    expect(await failureOf(processor.process(attempt))).toMatchObject(failure);
  });

  test('is named without a qualifier', () => {
    const access = { region: 'eu-west-1', credentials: async () => ({ accessKeyId: 'id', secretAccessKey: 'secret' }) };
    expect(() => new FunctionProcessor('f:live', access)).toThrow(
      'functionName must match ^[A-Za-z0-9-_]{1,64}$, got f:live; give its plain name',
    );
  });
});
