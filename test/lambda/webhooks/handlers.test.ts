import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { WebhookVerifier } from 'plinth-runtime/signing';
import { Webhooks } from 'plinth-runtime/webhooks';
import { eventOf, lasting, SECRET, startFunctions } from './functions';

jest.setTimeout(30_000);

let functions: Awaited<ReturnType<typeof startFunctions>>;
beforeAll(async () => {
  functions = await startFunctions();
});
afterEach(() => functions.queue.sent.splice(0));
afterAll(() => functions?.stop());

test('CTX-10.2 a message is fanned out and arrives, signed', async () => {
  await functions.endpointAt('acme', '/hook');
  const hint = await functions.delivered('acme');

  const MessageGroupId = expect.stringMatching(/^acme\/[0-3]$/);
  expect(functions.queue.sent).toMatchObject([
    { QueueUrl: `${functions.queue.url}/deliver`, MessageBody: hint, MessageGroupId, DelaySeconds: 0 },
  ]);
  expect(await functions.handlers.sender(eventOf(hint), lasting(45_000))).toEqual({ batchItemFailures: [] });

  const [{ headers, body }] = functions.gotAt('/hook');
  const verified = await new WebhookVerifier({ secrets: [SECRET] }).verify(headers, body);
  expect(verified).toMatchObject({ id: (await functions.deliveryOf(hint))?.messageId, version: 'v1' });
  expect(await functions.deliveryOf(hint)).toMatchObject({ state: 'succeeded', attempts: [{ number: 1, outcome: 'ok', status: 200 }] });
  expect(console.info).toHaveBeenCalledWith(
    expect.objectContaining({ event: 'webhook-attempt', endpointId: 'whe_acme', outcome: 'ok', interrupted: 0 }),
  );
});

test('a message that is fanned out twice is delivered once', async () => {
  await functions.endpointAt('twice', '/twice');
  const hint = await functions.delivered('twice');
  const batch = eventOf(hint, hint);
  await functions.handlers.sender(batch, lasting(45_000));
  await functions.handlers.sender(batch, lasting(45_000));

  expect(functions.gotAt('/twice')).toHaveLength(1);
});

test('what is none of ours comes again, and nothing else of its batch', async () => {
  await functions.endpointAt('mixed', '/mixed');
  const hint = await functions.delivered('mixed');

  expect(await functions.handlers.sender(eventOf('nonsense', hint), lasting(45_000))).toEqual({
    batchItemFailures: [{ itemIdentifier: 'm-0' }],
  });
  expect(await functions.handlers.fanOut(eventOf('nonsense'), lasting(30_000))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-0' }] });
  expect(functions.gotAt('/mixed')).toHaveLength(1);
});

test('a delivery that there is no time left to post comes again, untouched', async () => {
  await functions.endpointAt('late', '/late');
  const hint = await functions.delivered('late');

  expect(await functions.handlers.sender(eventOf(hint), lasting(0))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-0' }] });
  expect(await functions.deliveryOf(hint)).toMatchObject({ state: 'pending', attempts: [] });
  expect(functions.gotAt('/late')).toEqual([]);
});

test('the sweeper sends a hint for a message whose own is lost, and says how late the rest is', async () => {
  await functions.endpointAt('lost', '/lost');
  const past = new Webhooks({
    store: functions.store,
    messages: { fanOut: async () => undefined, deliver: async () => undefined },
    clock: { now: () => Date.now() - 3_600_000, sleep: async () => undefined },
  });
  await past.publish({ tenantId: 'lost', type: 'document.completed', body: {} });
  await functions.handlers.sweeper({}, lasting(60_000));

  expect(functions.queue.sent).toMatchObject([
    { QueueUrl: `${functions.queue.url}/deliver`, MessageGroupId: expect.stringMatching(/^lost\/[0-3]$/) },
  ]);
  expect(console.info).toHaveBeenCalledWith(
    expect.objectContaining({ event: 'webhook-sweep', message: 1, failed: 0, isCut: false, oldestDueSeconds: 0 }),
  );
});

test('a run of the sweeper that had no time ends with an error, so that it counts as none', async () => {
  await expect(functions.handlers.sweeper({}, lasting(0))).rejects.toThrow(
    'all that is due must be swept in a run, got more; the next run goes on',
  );
});

test('the bundles are under 450 KB with the SDK inside, and at most 0.7 of what NodejsFunction makes', () => {
  const script = join(__dirname, '..', '..', '..', 'scripts', 'bench', 'function-bundles.mjs');
  const run = spawnSync(process.execPath, [script], { env: { ...process.env, ROUNDS: '1' }, encoding: 'utf8' });
  const { figures } = JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '{}') as {
    figures: Record<string, { kb: number; ofNodejsFunction: number }>;
  };

  for (const name of ['webhook-fanout', 'webhook-sender', 'webhook-sweeper']) {
    expect(figures[name]?.kb).toBeLessThan(450);
    expect(figures[name]?.ofNodejsFunction).toBeLessThanOrEqual(0.7);
  }
});
