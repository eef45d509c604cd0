import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { ApiKeys, ApiService, Domain } from 'plinth';
import { type LocalEvent, type LocalPlatform, startLocal } from '../../../cli/src/local';
import { linesOf } from '../../../cli/src/local/events';
import { context } from '../../support/stages';
import { temporaryFolder, testImage } from './support';

const assembly = temporaryFolder();
const events: LocalEvent[] = [];
let platform: LocalPlatform;

function synthesize(): void {
  const app = new App({ outdir: assembly, context });
  const stack = new Stack(app, 'Api', { env: { account: '111111111111', region: 'eu-west-1' } });
  new ApiService(stack, 'Api', {
    vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 }),
    image: testImage,
    domain: Domain.certificate('arn:aws:acm:eu-west-1:111111111111:certificate/12345678-1234-1234-1234-123456789012'),
    container: { testPaths: ['/public/given'] },
    access: new ApiKeys(stack, 'Keys', { publicPaths: ['/public/*'] }),
  });
  app.synth();
}

beforeAll(async () => {
  synthesize();
  const { PATH } = process.env;
  platform = await startLocal({ assembly, environment: { PATH, HOME: '/nowhere' }, tell: (event) => void events.push(event) });
}, 30_000);

afterAll(() => platform?.stop());

const status = async (path: string, headers: Record<string, string> = {}) => (await fetch(platform.url + path, { headers })).status;

test('lets in who shows the key local, and tells the app its tenant', async () => {
  const response = await fetch(`${platform.url}/api/headers`, { headers: { 'x-api-key': 'local' } });

  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    'plinth-tenant-id': 'local',
    'plinth-key-id': 'local',
    'plinth-scopes': 'admin api jobs on-behalf-of read webhooks',
    'plinth-tier': 'enterprise',
  });
});

test('refuses everybody else, but not on the public paths', async () => {
  expect(await status('/api/headers')).toBe(401);
  expect(await status('/api/headers', { authorization: 'Bearer another' })).toBe(401);
  expect(await status('/public/given')).not.toBe(401);
});

test('stands for the table, and prints the key with what to ask for', () => {
  const ready = events.find(({ event }) => event === 'ready')!;
  const absent = events.find((event) => event.event === 'absent');

  expect(linesOf(ready)[1]).toBe(`  curl -s ${platform.url}/public/given -H 'x-api-key: local'`);
  expect(events).toContainEqual({
    event: 'runs',
    name: 'table',
    what: expect.stringMatching(/^Api-Keys\w+, indexes [\w-]+; no item expires by its ttl, in memory, http:/),
  });
  expect(JSON.stringify(absent)).not.toContain('DynamoDB');
});
