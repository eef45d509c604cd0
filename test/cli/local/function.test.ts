import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalEvent } from '../../../cli/src/local';
import { Functions } from '../../../cli/src/local/function/functions';
import { DeployedValues } from '../../../cli/src/local/model/deployed-values';
import { Run } from '../../../cli/src/local/process/run';
import { AwsEndpoint } from '../../../cli/src/local/secrets/endpoint';
import { LocalKms } from '../../../cli/src/local/secrets/local-kms';
import { SecretStore } from '../../../cli/src/local/secrets/secret-store';
import { isAlive, stageModel, temporaryFolder } from './support';

const folder = temporaryFolder();
const CODE = `
  let calls = 0;
  exports.handler = async (event, context) => {
    calls += 1;
    if (event.hang) await new Promise(() => setInterval(() => {}, 1000));
    if (event.exit) process.exit(3);
    if (event.fail) throw new TypeError('no such thing');
    if (event.meet) {
      console.info({ met: event.meet });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const { NAME, URL, TABLE, AWS_LAMBDA_FUNCTION_NAME } = process.env;
    return { event, calls, pid: process.pid, NAME, URL, TABLE, AWS_LAMBDA_FUNCTION_NAME, name: context.functionName, left: context.getRemainingTimeInMillis() };
  };`;

/** A stage with one function, which has this code. */
function setUp(properties: object = {}, code = CODE, file = 'index.js') {
  mkdirSync(join(folder, 'code', 'src'), { recursive: true });
  writeFileSync(join(folder, 'code', file), code);
  const variables = { NAME: 'given', URL: 'https://api.example.com/internal', TABLE: { Ref: 'Table' } };
  const model = stageModel(
    {
      Work: {
        Type: 'AWS::Lambda::Function',
        Metadata: { 'aws:asset:path': 'code' },
        Properties: { Handler: 'index.handler', Timeout: 5, Environment: { Variables: variables }, ...properties },
      },
      Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'things' } },
    },
    folder,
  );
  const events: LocalEvent[] = [];
  const tell = (event: LocalEvent) => void events.push(event);
  const run = new Run(tell);
  const values = new DeployedValues(model);
  const secrets = new SecretStore(model, () => 0);
  const functions = new Functions();
  const [work] = model.ofType('AWS::Lambda::Function');
  Functions.name([work], values);
  const addresses = new Map([['https://api.example.com', 'http://127.0.0.1:8080']]);
  functions.add(work, { model, run, values, secrets, base: {}, operator: {}, tell, changes: [], addresses });
  runs.push(run);
  return { call: (event: object) => functions.call(work, event), functions, events, run, model, secrets, values };
}

const runs: Run[] = [];
afterEach(async () => {
  for (const run of runs.splice(0)) await run.stop();
});

test('is given its event and its environment, with the addresses that are here, and answers', async () => {
  const { call } = setUp();

  expect(await call({ a: 'é\n' })).toEqual({
    ok: true,
    value: {
      event: { a: 'é\n' },
      calls: 1,
      pid: expect.any(Number),
      NAME: 'given',
      URL: 'http://127.0.0.1:8080/internal',
      TABLE: 'things',
      AWS_LAMBDA_FUNCTION_NAME: 'dev-App-Work',
      name: 'dev-App-Work',
      left: expect.any(Number),
    },
  });
});

test('stays warm: the next event finds the same process', async () => {
  const { call } = setUp();
  const first = await call({});

  expect(await call({ again: true })).toMatchObject({ value: { calls: 2, pid: (first as { value: { pid: number } }).value.pid } });
});

test('fails with what it throws, logs it as Lambda does, and goes on', async () => {
  const { call, events } = setUp();

  expect(await call({ fail: true })).toEqual({ ok: false, errorType: 'TypeError', errorMessage: 'no such thing' });
  expect(await call({})).toMatchObject({ ok: true, value: { calls: 2 } });
  const { line } = events.find((event) => event.event === 'log')!;
  expect(JSON.parse(line)).toMatchObject({ level: 'ERROR', message: expect.stringContaining('TypeError: no such thing') });
});

test('fails when it runs out of its time, and the next event finds a new process', async () => {
  const { call } = setUp({ Timeout: 1 });

  expect(await call({ hang: true })).toEqual({ ok: false, errorType: 'Sandbox.Timedout', errorMessage: 'timed out after 1 s' });
  expect(await call({})).toMatchObject({ ok: true, value: { calls: 1 } });
});

test('fails when its process ends, and the next event finds a new one', async () => {
  const { call } = setUp();

  expect(await call({ exit: true })).toEqual({ ok: false, errorType: 'Runtime.ExitError', errorMessage: 'ended with exit code 3' });
  expect(await call({})).toMatchObject({ ok: true, value: { calls: 1 } });
});

test('fails when its code cannot be loaded', async () => {
  const { call, events } = setUp({}, `throw new Error('no configuration');`);

  expect(await call({})).toEqual({ ok: false, errorType: 'Runtime.ExitError', errorMessage: 'ended with exit code 1' });
  expect(events).toContainEqual({ event: 'log', container: 'Work', line: expect.stringContaining('no configuration') });
});

test('runs as often at once as the template lets it; further events wait', async () => {
  const { call } = setUp({ ReservedConcurrentExecutions: 2 });

  const outcomes = await Promise.all([1, 2, 3, 4].map((meet) => call({ meet })));

  const pids = outcomes.map((outcome) => (outcome as { value: { pid: number } }).value.pid);
  expect(new Set(pids).size).toBe(2);
});

test('is found in a folder of its code, as a module too', async () => {
  const { call } = setUp({ Handler: 'src/own.work' }, 'export const work = async () => 1;', 'src/own.mjs');

  expect(await call({})).toEqual({ ok: true, value: 1 });
});

test('does not outlive the run', async () => {
  const { call, run, functions } = setUp();
  const { value } = (await call({})) as { value: { pid: number } };
  run.onStop(() => functions.stop());

  await run.stop();

  expect(isAlive(value.pid)).toBe(false);
});

describe('called by its name', () => {
  async function invoke(name: string, event: object, type = 'RequestResponse') {
    const { functions, secrets, events, run } = setUp();
    const refused: string[] = [];
    const endpoint = new AwsEndpoint(secrets, new LocalKms(), functions, (call) => void refused.push(call));
    await endpoint.start();
    run.onStop(() => endpoint.stop());
    const path = `/2015-03-31/functions/${encodeURIComponent(name)}/invocations`;
    const headers = { 'x-amz-invocation-type': type };
    const response = await fetch(endpoint.url + path, { method: 'POST', headers, body: JSON.stringify(event) });
    return { response, refused, events };
  }

  test.each(['dev-App-Work', 'arn:aws:lambda:eu-west-1:111111111111:function:dev-App-Work'])('%s answers', async (name) => {
    const { response } = await invoke(name, { a: 1 });

    expect([response.status, response.headers.get('x-amz-function-error')]).toEqual([200, null]);
    expect(await response.json()).toMatchObject({ event: { a: 1 }, calls: 1 });
  });

  test('answers with its error when it fails', async () => {
    const { response } = await invoke('dev-App-Work', { fail: true });

    expect([response.status, response.headers.get('x-amz-function-error')]).toEqual([200, 'Unhandled']);
    expect(await response.json()).toEqual({ errorType: 'TypeError', errorMessage: 'no such thing' });
  });

  test('is only told of an event', async () => {
    const { response, events } = await invoke('dev-App-Work', { meet: 'later' }, 'Event');

    expect([response.status, await response.text()]).toEqual([202, '']);
    while (!events.some((event) => event.event === 'log')) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(events).toContainEqual({ event: 'log', container: 'Work', line: expect.stringContaining('"met":"later"') });
  });

  test('of another function is refused', async () => {
    const { response, refused } = await invoke('other', {});

    expect(response.status).toBe(400);
    expect(refused).toEqual(['POST /2015-03-31/functions/other/invocations']);
  });
});
