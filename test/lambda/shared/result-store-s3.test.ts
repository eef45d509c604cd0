import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { signedHeaders } from '../../../lambda/shared/signed-request';
import { S3ResultStore } from '../../../lambda/shared/result-store-s3';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', sessionToken: 'token+/=' };

interface Sent {
  readonly method: string;
  readonly hostname: string;
  readonly path: string;
  readonly headers: Record<string, string>;
}

/** What the SDK would send, signed by the SDK. */
async function signedBySdk(command: GetObjectCommand | PutObjectCommand): Promise<Sent> {
  let sent: Sent | undefined;
  const requestHandler = {
    handle: async (request: Sent) => {
      sent = request;
      throw new Error('enough');
    },
  };
  const client = new S3Client({
    region: 'eu-west-1',
    credentials,
    requestHandler: requestHandler as never,
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  // Otherwise the query tells the operation: ours has no query.
  client.middlewareStack.add(
    (next) => (args) => {
      (args.request as { query: object }).query = {};
      return next(args);
    },
    { step: 'build', priority: 'low' },
  );
  await expect(client.send(command)).rejects.toThrow('enough');
  return sent!;
}

test.each([
  ['GET', '', new GetObjectCommand({ Bucket: 'bucket', Key: 'results/a.json' })],
  ['PUT', '{"a":1}', new PutObjectCommand({ Bucket: 'bucket', Key: 'results/a.json', Body: '{"a":1}', ContentType: 'application/json' })],
] as const)('signs a %s as the SDK does', async (method, body, command) => {
  const sdk = await signedBySdk(command);
  const [, names = ''] = /SignedHeaders=([^,]+)/.exec(sdk.headers.authorization) ?? [];
  const own = ['host', 'x-amz-content-sha256', 'x-amz-date', 'x-amz-security-token'];
  const headers = Object.fromEntries(
    names
      .split(';')
      .filter((name) => !own.includes(name))
      .map((name) => [name, sdk.headers[name]]),
  );
  const time = sdk.headers['x-amz-date'].replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z');

  const ours = signedHeaders({ method, host: sdk.hostname, path: sdk.path, headers, body }, 's3', 'eu-west-1', credentials, new Date(time));

  expect(ours.authorization).toBe(sdk.headers.authorization);
});

describe('results in a bucket', () => {
  const id = 'job_01KFG4V2ZZ0000000000000000';
  const token = 'a'.repeat(22);
  const storeOver = (answer: (url: URL, init: RequestInit) => Response) => {
    const fetchFake = (async (url: URL, init: RequestInit) => answer(url, init)) as typeof fetch;
    return new S3ResultStore('bucket', { region: 'eu-west-1', credentials: async () => credentials, fetch: fetchFake });
  };

  test('are kept an object an attempt, and found again', async () => {
    const objects = new Map<string, string>();
    const store = storeOver((url, { method, body }) => {
      if (method === 'PUT') objects.set(url.href, body as string);
      return method === 'PUT' ? new Response('') : new Response(objects.get(url.href));
    });

    const reference = await store.write({ tenantId: 'acme/../x', jobId: id, token }, '[1]');

    expect([...objects.keys()]).toEqual([`https://bucket.s3.eu-west-1.amazonaws.com/${reference}`]);
    expect(reference).toMatch(new RegExp(`^results/[0-9a-f]{16}/${id}/${token}.json$`));
    expect(await store.read(reference)).toBe('[1]');
  });

  test('are gone, or the failure says what S3 answered', async () => {
    const reference = `results/${'0'.repeat(16)}/${id}/${token}.json`;
    expect(await storeOver(() => new Response('', { status: 404 })).read(reference)).toBeUndefined();
    expect(await storeOver(() => new Response('x')).read('../other')).toBeUndefined();
    await expect(storeOver(() => new Response('', { status: 503 })).read(reference)).rejects.toThrow('must answer 200 or 404, got 503');
    await expect(storeOver(() => new Response('', { status: 403 })).write({ tenantId: 'a', jobId: id, token }, '1')).rejects.toThrow(
      'S3: writing a result must answer 200, got 403',
    );
  });
});
