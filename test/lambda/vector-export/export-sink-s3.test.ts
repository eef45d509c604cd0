import { NotFound, S3Client } from '@aws-sdk/client-s3';
import { S3ExportSink } from '../../../lambda/vector-export/export-sink-s3';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

type Sent = { readonly command: string; readonly input: object };

/** A sink over a client that gives one answer after the other instead of asking S3, and what it was asked. */
function sinkAnswering(...answers: (object | Error)[]) {
  const sent: Sent[] = [];
  const client = new S3Client({ region: 'eu-central-1' });
  client.middlewareStack.add(
    (_, context) =>
      async ({ input }) => {
        const answer = answers[sent.length] ?? {};
        sent.push({ command: String(context.commandName), input });
        if (answer instanceof Error) throw answer;
        return { response: undefined, output: { ...answer, $metadata: {} } };
      },
    { step: 'initialize' },
  );
  return { sink: new S3ExportSink(client, 'bucket', 'exports/2026-03-04'), sent };
}

test('VEC-2.1 writes to the object storage, below the day', async () => {
  const { sink, sent } = sinkAnswering();
  const body = Buffer.from('rows');

  await sink.put('categories/00000-abc.ndjson.gz', body);

  expect(sent).toEqual([
    {
      command: 'PutObjectCommand',
      input: {
        Bucket: 'bucket',
        Key: 'exports/2026-03-04/categories/00000-abc.ndjson.gz',
        Body: body,
        ContentLength: 4,
        ContentType: 'application/gzip',
      },
    },
  ]);
});

test('finds what is there', async () => {
  const { sink, sent } = sinkAnswering({});

  expect(await sink.has('manifest.json')).toBe(true);
  expect(sent[0]).toEqual({ command: 'HeadObjectCommand', input: { Bucket: 'bucket', Key: 'exports/2026-03-04/manifest.json' } });
});

test('does not find what is not there', async () => {
  expect(await sinkAnswering(new NotFound({ message: 'no', $metadata: {} })).sink.has('manifest.json')).toBe(false);
});

test.each(['has', 'put'] as const)('%s passes on a refusal', async (verb) => {
  const { sink } = sinkAnswering(Object.assign(new Error('Access Denied'), { name: 'AccessDenied' }));

  await expect(sink[verb]('manifest.json', Buffer.from(''))).rejects.toThrow('Access Denied');
});
