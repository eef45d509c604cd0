import { queryOf, signedHeaders } from '../../../lambda/shared/signed-request';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const now = new Date('2015-08-30T12:36:00.000Z');
const scope = 'Credential=AKIDEXAMPLE/20150830';

test('signs the vanilla request of the test suite of Signature Version 4 as AWS does', () => {
  const call = { method: 'GET' as const, host: 'example.amazonaws.com', path: '/' };

  expect(signedHeaders(call, 'service', 'us-east-1', credentials, now)).toEqual({
    host: 'example.amazonaws.com',
    'x-amz-date': '20150830T123600Z',
    authorization:
      `AWS4-HMAC-SHA256 ${scope}/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, ` +
      'Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  });
});

// The signature is what @smithy/signature-v4 5.7.5 makes of the same.
test('signs an encoded path, a query and a session token as the SDK does', () => {
  const call = {
    method: 'DELETE' as const,
    host: 'backup.eu-west-1.amazonaws.com',
    path: `/backup-vaults/v/recovery-points/${encodeURIComponent('arn:aws:rds:eu-west-1:1:snapshot:awsbackup:job-1')}`,
    query: { b: 'x y*', a: '1' },
  };

  const { authorization } = signedHeaders(call, 'backup', 'eu-west-1', { ...credentials, sessionToken: 'token+/=' }, now);

  expect(authorization).toContain('SignedHeaders=host;x-amz-date;x-amz-security-token, ');
  expect(authorization).toContain('Signature=8bdc1a34c67d92ccc06dfa64b720b16d4fa86939760eb0b65abe7061fef8af16');
  expect(queryOf(call)).toBe('a=1&b=x%20y%2A');
});
