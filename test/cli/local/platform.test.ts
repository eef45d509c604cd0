import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type LocalEvent, type LocalPlatform, startLocal } from '../../../cli/src/local';
import { synthesizeApi, temporaryFolder } from './support';

const assembly = temporaryFolder();
const events: LocalEvent[] = [];
let platform: LocalPlatform;

beforeAll(async () => {
  synthesizeApi(assembly);
  const { PATH } = process.env;
  platform = await startLocal({ assembly, environment: { PATH, HOME: '/nowhere' }, tell: (event) => void events.push(event) });
}, 30_000);

afterAll(() => platform.stop());

const get = (path: string, init?: RequestInit) => fetch(platform.url + path, init);
const given = async () => (await (await get('/api/given')).json()) as { environment: { [name: string]: string }; cwd: string };

test('gives the app the environment of the template and what a task has of AWS, nothing of the machine', async () => {
  const { environment } = await given();

  expect(Object.keys(environment).toSorted()).toEqual([
    'AWS_ACCESS_KEY_ID',
    'AWS_DEFAULT_REGION',
    'AWS_EC2_METADATA_DISABLED',
    'AWS_ENDPOINT_URL',
    'AWS_ENDPOINT_URL_KMS',
    'AWS_ENDPOINT_URL_SECRETS_MANAGER',
    'AWS_REGION',
    'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED',
    'AWS_SECRET_ACCESS_KEY',
    'GREETING',
    'HOME',
    'PATH',
    'PORT',
    'PWD',
    'TOPIC',
  ]);
  expect(environment).toMatchObject({ GREETING: 'hello', AWS_REGION: 'eu-west-1', HOME: '/nowhere' });
});

test('makes up the name of what nothing local stands for, and tells so', async () => {
  const { environment } = await given();

  expect(environment.TOPIC).toMatch(/^arn:aws:sns:eu-west-1:111111111111:api-topic/);
  expect(events).toContainEqual({
    event: 'note',
    note: expect.stringMatching(/^app: TOPIC names AWS::SNS::Topic Topic\w+, which nothing local stands for; its value is made up$/),
  });
});

test('starts the app in its own folder', async () => {
  expect((await given()).cwd).toBe(`${process.cwd()}/test/cli/local/app`);
});

test('answers by the rules of the listener, those of others before the catch-all', async () => {
  const response = await get('/robots.txt');

  expect([response.status, await response.text()]).toEqual([200, 'Disallow: /']);
});

test('adds the headers of the listener to every answer', async () => {
  expect((await get('/api/given')).headers.get('x-content-type-options')).toBe('nosniff');
});

test('serves through the gateway of the assembly', async () => {
  const response = await get('/api/given');

  expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
  expect((await get('/api/items', { method: 'POST', body: 'x'.repeat(65 * 1024) })).status).toBe(413);
});

test('tells the app who called, as the load balancer does', async () => {
  const headers = (await (await get('/api/headers', { headers: { 'x-forwarded-for': '192.0.2.1', in_valid: '1' } })).json()) as object;

  expect(headers).toMatchObject({
    'x-forwarded-for': '192.0.2.1, 127.0.0.1, 127.0.0.1',
    'x-forwarded-proto': 'http',
    'x-forwarded-port': new URL(platform.url).port,
    'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
  });
  expect(headers).not.toHaveProperty('in_valid');
});

test('streams an answer as it comes', async () => {
  const response = await get('/api/chat/stream');
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();

  expect(await reader.read()).toEqual({ done: false, value: 'data: first\n\n' });
  await get('/api/go-on');
  expect(await reader.read()).toEqual({ done: false, value: 'data: second\n\n' });
  expect(await reader.read()).toMatchObject({ done: true });
});

test('passes WebSocket frames both ways', async () => {
  const socket = new WebSocket(`${platform.url.replace('http', 'ws')}/api/chat/socket`);
  await once(socket, 'open');

  socket.send('echo me');

  const [message] = (await once(socket, 'message')) as [Buffer];
  expect(message.toString()).toBe('echo me');
  socket.close();
  await once(socket, 'close');
});

test('tells what nothing local stands for, a count for each type, and none of what runs', () => {
  const { absences } = events.find((event) => event.event === 'absent')!;

  expect(absences).toContainEqual({ type: 'AWS::WAFv2::WebACL', count: 1 });
  expect(absences).toContainEqual({ type: 'AWS::ElasticLoadBalancingV2::Listener', count: 2 });
  expect(absences.map(({ type }) => type)).not.toContain('AWS::ECS::Service');
});

test('names what to ask once it is ready', () => {
  expect(events).toContainEqual({ event: 'ready', url: platform.url, ask: ['/api/given'], startedInMs: expect.any(Number) });
});
