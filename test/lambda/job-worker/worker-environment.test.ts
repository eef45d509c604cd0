import { workerEnvironment } from '../../../lambda/job-worker/worker-environment';
import { jobsEnvironment } from '../../../lambda/shared/jobs-environment';

const kinds = (...listed: object[]) => ({ JOB_TABLE: 'jobs', JOB_QUEUE_URL: 'https://queue', JOB_KINDS: JSON.stringify(listed) });

test('reads kinds and who does their work', () => {
  const environment = workerEnvironment({
    ...kinds(
      { name: 'a', maxAttempts: 2, processor: { type: 'function', functionName: 'f' } },
      { name: 'b', processor: { type: 'http', url: 'https://app/jobs' } },
    ),
    INTERNAL_API_KEY_SECRET_ARN: 'arn',
    JOB_RESULT_BUCKET: '',
  });

  expect(environment).toMatchObject({ tableName: 'jobs', queueUrl: 'https://queue', internalKeySecretArn: 'arn', resultBucket: undefined });
  expect(environment.kinds.get('a')).toMatchObject({ name: 'a', maxAttempts: 2, leaseMs: 60_000 });
  expect([...environment.processors]).toEqual([
    ['a', { type: 'function', functionName: 'f' }],
    ['b', { type: 'http', url: 'https://app/jobs' }],
  ]);
});

test('names every fault at once', () => {
  const faulty = () =>
    workerEnvironment({
      JOB_TABLE: 'jobs',
      JOB_KINDS: JSON.stringify([
        { name: 'a', leaseMs: 1, processor: { type: 'function' } },
        { name: 'b', processor: { type: 'http', url: 'app' } },
        { name: 'c' },
      ]),
    });

  expect(faulty).toThrow(
    'JOB_QUEUE_URL must be set, got nothing; JOB_KINDS: a: leaseMs must be a whole number from 1000 to 3600000, got 1; ' +
      'JOB_KINDS: a: processor.functionName must be a function\'s name, got undefined; JOB_KINDS: b: processor.url must be a URL, got "app"; ' +
      'INTERNAL_API_KEY_SECRET_ARN must be set for the http processor of b, got nothing; JOB_KINDS: c: processor.type must be function or http, got undefined',
  );
});

test.each(['', '{', '{}', '[1]', '[null]'])('refuses JOB_KINDS=%s', (JOB_KINDS) => {
  expect(() => jobsEnvironment({ ...kinds(), JOB_KINDS })).toThrow('JOB_KINDS must be a JSON array of kinds, got something else');
});

test.each(['0', '-1', '1.5', 'x'])('refuses JOB_RESEND_AFTER_MS=%s', (JOB_RESEND_AFTER_MS) => {
  expect(() => jobsEnvironment({ ...kinds({ name: 'a' }), JOB_RESEND_AFTER_MS })).toThrow(
    `JOB_RESEND_AFTER_MS must be a whole number from 100, got ${JOB_RESEND_AFTER_MS}`,
  );
});

test('asks nothing of processors of those who need none', () => {
  expect(jobsEnvironment(kinds({ name: 'a' })).kinds.size).toBe(1);
});
