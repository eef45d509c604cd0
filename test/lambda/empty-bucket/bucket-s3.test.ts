import { S3Client } from '@aws-sdk/client-s3';
import { type Content, S3Bucket } from '../../../lambda/empty-bucket/bucket-s3';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** A bucket over an S3 client that gives one answer after the other instead of asking, and what it was asked. */
function bucketAnswering(...answers: (object | Error)[]) {
  const sent: { command: string; input: object }[] = [];
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
  return { bucket: new S3Bucket(client, 'logs'), sent };
}

const named = (name: string) => Object.assign(new Error(`${name} happened`), { name });
const version: Content = { kind: 'version', key: 'a', id: '1' };
const upload: Content = { kind: 'upload', key: 'b', id: '2' };

test.each([
  ['carries the tag', true, { TagSet: [{ Key: 'plinth:disposable', Value: 'true' }] }],
  ['carries it otherwise', false, { TagSet: [{ Key: 'plinth:disposable', Value: 'false' }] }],
  ['carries others', false, { TagSet: [{ Key: 'environment', Value: 'true' }] }],
  ['carries none', false, named('NoSuchTagSet')],
  ['is gone', false, named('NoSuchBucket')],
])('a bucket that %s is disposable: %s', async (_what, disposable, answer) => {
  const { bucket, sent } = bucketAnswering(answer);

  expect(await bucket.isDisposable()).toBe(disposable);
  expect(sent).toEqual([{ command: 'GetBucketTaggingCommand', input: { Bucket: 'logs' } }]);
});

test('a refusal to tell the tags is passed on', async () => {
  await expect(bucketAnswering(named('AccessDenied')).bucket.isDisposable()).rejects.toThrow('AccessDenied happened');
});

test('holds versions, what deletions left, and objects from before there were versions', async () => {
  const { bucket, sent } = bucketAnswering({
    Versions: [{ Key: 'a', VersionId: '1' }, { Key: 'old' }],
    DeleteMarkers: [{ Key: 'c', VersionId: '3' }],
  });

  expect(await bucket.content()).toEqual([version, { ...version, key: 'old', id: 'null' }, { kind: 'version', key: 'c', id: '3' }]);
  expect(sent.map(({ command }) => command)).toEqual(['ListObjectVersionsCommand']);
});

test('holds uploads that were begun, when no version is left', async () => {
  const { bucket } = bucketAnswering({}, { Uploads: [{ Key: 'b', UploadId: '2' }] });

  expect(await bucket.content()).toEqual([upload]);
});

test('is empty when it has neither', async () => {
  expect(await bucketAnswering({}, {}).bucket.content()).toEqual([]);
});

test('deletes the versions of a page at once, and aborts each upload', async () => {
  const { bucket, sent } = bucketAnswering();

  expect(await bucket.remove([version, upload])).toBe(2);
  expect(sent).toEqual([
    { command: 'DeleteObjectsCommand', input: { Bucket: 'logs', Delete: { Quiet: true, Objects: [{ Key: 'a', VersionId: '1' }] } } },
    { command: 'AbortMultipartUploadCommand', input: { Bucket: 'logs', Key: 'b', UploadId: '2' } },
  ]);
});

test('takes an upload that is gone for aborted', async () => {
  expect(await bucketAnswering(named('NoSuchUpload')).bucket.remove([upload])).toBe(1);
});

test('passes on a refusal to abort an upload', async () => {
  await expect(bucketAnswering(named('AccessDenied')).bucket.remove([upload])).rejects.toThrow('AccessDenied happened');
});

test('fails when a version cannot be deleted, instead of listing it for ever', async () => {
  const { bucket } = bucketAnswering({ Errors: [{ Key: 'a', Code: 'AccessDenied' }] });

  await expect(bucket.remove([version])).rejects.toThrow('logs: 1 versions cannot be deleted, the first with AccessDenied: a');
});
