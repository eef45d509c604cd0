import { NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import { S3ExportSource } from '../../../cli/src/vectors/export-source-s3';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** A source over a client that gives an answer instead of asking S3, and what it was asked. */
function sourceAnswering(answer: object | Error, prefix = 'exports/2026-03-04') {
  const sent: object[] = [];
  const client = new S3Client({ region: 'eu-central-1' });
  client.middlewareStack.add(
    () =>
      async ({ input }) => {
        sent.push(input);
        if (answer instanceof Error) throw answer;
        return { response: undefined, output: { ...answer, $metadata: {} } };
      },
    { step: 'initialize' },
  );
  return { source: new S3ExportSource(client, 'bucket', prefix), sent };
}

const body = { Body: { transformToByteArray: async () => new Uint8Array([1, 2]) } };

test.each([
  ['exports/2026-03-04', 'exports/2026-03-04/manifest.json'],
  ['', 'manifest.json'],
])('reads an object below %j', async (prefix, Key) => {
  const { source, sent } = sourceAnswering(body, prefix);

  expect(await source.read('manifest.json')).toEqual(Buffer.from([1, 2]));
  expect(sent).toEqual([{ Bucket: 'bucket', Key }]);
});

test('finds nothing where nothing is', async () => {
  const { source } = sourceAnswering(new NoSuchKey({ message: 'no', $metadata: {} }));

  expect(await source.read('manifest.json')).toBeUndefined();
});

test('a refusal says what was asked for', async () => {
  const { source } = sourceAnswering(Object.assign(new Error('no'), { name: 'AccessDenied' }));

  await expect(source.read('manifest.json')).rejects.toThrow(
    's3:GetObject of s3://bucket/exports/2026-03-04/manifest.json must be answered, got AccessDenied: no',
  );
});
