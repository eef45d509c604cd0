import type { Logger } from 'plinth-runtime';
import { openWebhooks } from '../../gateway/webhook-backend';

const CONFIG = {
  table: 'webhooks',
  region: 'eu-west-1',
  fanOutQueueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/a',
  deliverQueueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/b',
  quarantineQueueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/c',
  keyId: 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  refusedHosts: [],
};
const open = (environment: NodeJS.ProcessEnv) => openWebhooks(CONFIG, environment, {} as Logger);
const HERE = 'http://127.0.0.1:4000/in';

describe('WEBHOOK_ALLOW_LOOPBACK', () => {
  it('lets webhooks go to this machine where it is true', () => {
    expect(open({ WEBHOOK_ALLOW_LOOPBACK: 'true' }).urlFault(HERE)).toBeUndefined();
  });

  it.each([{}, { WEBHOOK_ALLOW_LOOPBACK: 'false' }])('lets none go there with %j', (environment) => {
    expect(open(environment).urlFault(HERE)).toMatchObject({ field: 'webhook_url' });
  });

  it.each([
    ['yes', 'yes'],
    ['TRUE', 'TRUE'],
    ['1', '1'],
    ['', 'nothing'],
  ])('is refused at the start as "%s"', (given, shown) => {
    expect(() => open({ WEBHOOK_ALLOW_LOOPBACK: given })).toThrow(
      `WEBHOOK_ALLOW_LOOPBACK must be true or false, got ${shown}; leave it out`,
    );
  });
});
