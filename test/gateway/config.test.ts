import { parseConfig } from '../../gateway/config';
import { configFor } from './support';

const valid = configFor(8080);
const parse = (change: object) => () => parseConfig(JSON.stringify({ ...valid, ...change }));
const route = (change: object) => ({
  routes: [{ path: '/a', class: 'api', deadlineMs: 1, maxBodyBytes: 0, ...change }, valid.routes.at(-1)],
});

const access = (change: object) => ({
  access: { table: 'keys', region: 'eu-west-1', publicPaths: [], forwardKey: false, ...change },
});
const jobs = (change: object) => ({
  ...access({}),
  jobs: { table: 'jobs', region: 'eu-west-1', queueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/jobs', kinds: [], ...change },
});
const webhooks = (change: object) => ({
  ...access({}),
  webhooks: {
    table: 'webhooks',
    region: 'eu-west-1',
    fanOutQueueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/a',
    deliverQueueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/b',
    quarantineQueueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/c',
    keyId: 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    refusedHosts: ['api.example.com'],
    ...change,
  },
});

describe('PLINTH_GATEWAY', () => {
  it('is taken as it is written', () => {
    expect(parse({})()).toEqual(valid);
  });

  it.each([
    ['service', { service: '' }, 'service must be a name of letters, digits, dots and hyphens, got ""'],
    ['listen.port', { listen: { port: 70_000, tls: true } }, 'listen.port must be a whole number from 0 to 65535, got 70000'],
    ['listen.tls', { listen: { port: 0, tls: 'yes' } }, 'listen.tls must be true or false, got "yes"'],
    ['app.port', { app: { ...valid.app, port: 0 } }, 'app.port must be a whole number from 1 to 65535, got 0'],
    ['app.livePath', { app: { ...valid.app, livePath: 'live' } }, 'app.livePath must be an absolute path, got "live"'],
    ['app.readyPath', { app: { ...valid.app, readyPath: undefined } }, 'app.readyPath must be an absolute path, got nothing'],
    ['keepAliveMs', { keepAliveMs: 10 }, 'keepAliveMs must be a whole number from 1000 to 3600000, got 10'],
    ['routes', { routes: [] }, 'routes must be a list of at least one route, got []'],
    ['the last route', { routes: [valid.routes[0]] }, 'routes must end with the path /*, got "/api/chat/*"; add a route for /*'],
    ['a route path', route({ path: '/a*' }), 'routes[0].path must be an absolute path or a prefix that ends in /*, got "/a*"'],
    ['a route class', route({ class: 'Long Polling' }), 'routes[0].class must be lower-case words with hyphens, got "Long Polling"'],
    ['a route deadline', route({ deadlineMs: 0 }), 'routes[0].deadlineMs must be a whole number from 1 to 3600000, got 0'],
    ['a route body limit', route({ maxBodyBytes: -1 }), 'routes[0].maxBodyBytes must be a whole number from 0 to 9007199254740991, got -1'],
    ['access.table', access({ table: '' }), 'access.table must be the name of a table, got ""'],
    ['access.region', access({ region: 'Ireland' }), 'access.region must be a region such as eu-west-1, got "Ireland"'],
    ['access.forwardKey', access({ forwardKey: undefined }), 'access.forwardKey must be true or false, got nothing'],
    [
      'a public path',
      access({ publicPaths: ['/a*'] }),
      'access.publicPaths must be a list of paths, each an absolute path or a prefix that ends in /*, got ["/a*"]',
    ],
    ['jobs.queueUrl', jobs({ queueUrl: 'jobs' }), 'jobs.queueUrl must be the URL of a queue, got "jobs"'],
    ['jobs.resultBucket', jobs({ resultBucket: 'A' }), 'jobs.resultBucket must be the name of a bucket, got "A"'],
    ['jobs without access', { jobs: jobs({}).jobs }, 'jobs must go with access, got none; configure access'],
    ['webhooks.deliverQueueUrl', webhooks({ deliverQueueUrl: 'b' }), 'webhooks.deliverQueueUrl must be the URL of a queue, got "b"'],
    ['webhooks.keyId', webhooks({ keyId: 'alias/a' }), 'webhooks.keyId must be the ARN of a key of KMS, got "alias/a"'],
    [
      'webhooks.refusedHosts',
      webhooks({ refusedHosts: ['https://a'] }),
      'webhooks.refusedHosts must be a list of hosts, each a host name in lower case, with a port or without, got ["https://a"]',
    ],
    ['webhooks without access', { webhooks: webhooks({}).webhooks }, 'webhooks must go with access, got none; configure access'],
    [
      'the drain',
      { drain: { graceMs: 5_000, timeoutMs: 9_000 } },
      'drain.timeoutMs must be at least twice drain.graceMs (5000), got 9000; raise it',
    ],
  ])('refuses a wrong %s', (_name, change, message) => {
    expect(parse(change)).toThrow(`PLINTH_GATEWAY: ${message}`);
  });

  it('takes webhooks as they are written', () => {
    expect(parse(webhooks({}))()).toEqual({ ...valid, ...webhooks({}) });
  });

  it('names every fault at once', () => {
    expect(parse({ service: 1, keepAliveMs: 'long' })).toThrow(/service must be .*; keepAliveMs must be /);
  });

  it.each([
    [undefined, 'the variable must be set, got nothing'],
    ['', 'the variable must be set, got nothing'],
    ['{', 'the value must be JSON, got something else'],
  ])('refuses %s', (json, message) => {
    expect(() => parseConfig(json)).toThrow(`PLINTH_GATEWAY: ${message}`);
  });
});
