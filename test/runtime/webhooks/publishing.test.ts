import { deliveryId, isEventPattern, isEventType, MAX_BODY_BYTES, matchesEvent } from 'plinth-runtime/webhooks';
import { faultyStore } from './faulty';
import { answer, world } from './world';

describe('publishing', () => {
  test('writes the message before its hint, byte for byte as it will be posted', async () => {
    const { publish, hints, store } = world();
    const body = { '': null, text: 'ä\u0000".\r\n', list: [1, -0.5] };
    const { id } = await publish({ body });
    expect(id).toMatch(/^msg_[a-z0-9]{33}$/);
    expect(await store.messages.read(id)).toMatchObject({ tenantId: 'acme', body: JSON.stringify(body), state: 'accepted' });
    expect(hints.sent).toEqual([{ hint: { type: 'fan-out', messageId: id, tenantId: 'acme' }, delayMs: 0 }]);
  });

  test('under an id or an idempotency key is once', async () => {
    const { webhooks, hints } = world();
    const publication = { tenantId: 'acme', type: 'job.completed', body: { job_id: 'j' } };
    for (const known of [{ id: 'msg_job-1' }, { idempotencyKey: 'k' }]) {
      const first = await webhooks.publish({ ...publication, ...known });
      const again = await webhooks.publish({ ...publication, ...known });
      expect([first.type, again.type]).toEqual(['published', 'replayed']);
      expect(again).toMatchObject({ message: { id: (first as { message: { id: string } }).message.id } });
    }
    expect(hints.sent).toHaveLength(2);
  });

  test.each([{ body: { job_id: 'other' } }, { type: 'job.failed' }, { target: { endpointId: 'whe_1', url: 'https://a.example' } }])(
    'failure mode 23: refuses an id or a key that stands for something else: %j',
    async (other) => {
      const { webhooks } = world();
      const publication = { tenantId: 'acme', type: 'job.completed', body: { job_id: 'j' } };
      for (const known of [{ id: 'msg_1' }, { idempotencyKey: 'k' }]) {
        await webhooks.publish({ ...publication, ...known });
        expect((await webhooks.publish({ ...publication, ...known, ...other })).type).toBe('conflict');
      }
    },
  );

  test("keeps tenants' keys apart, and never gives a tenant the message of another", async () => {
    const { webhooks } = world();
    const publication = { type: 'job.completed', body: {} };
    await webhooks.publish({ ...publication, tenantId: 'acme', idempotencyKey: 'k' });
    expect((await webhooks.publish({ ...publication, tenantId: 'globex', idempotencyKey: 'k' })).type).toBe('published');
    await webhooks.publish({ ...publication, tenantId: 'acme', id: 'msg_1' });
    expect(await webhooks.publish({ ...publication, tenantId: 'globex', id: 'msg_1' })).toEqual({ type: 'conflict', messageId: 'msg_1' });
  });

  test('writes the message of a key whose taker ended before it did', async () => {
    const { webhooks, store } = world();
    const publication = { tenantId: 'acme', type: 'job.completed', body: {}, idempotencyKey: 'k' };
    await webhooks.publish(publication);
    const held = (await store.readKey('acme', 'k'))!;
    const fresh = world();
    await fresh.store.takeKey(held);
    expect(await fresh.webhooks.publish(publication)).toMatchObject({ type: 'published', message: { id: held.messageId } });
  });

  test('takes 256 KiB and refuses a byte more, in words', async () => {
    const { webhooks } = world();
    const fits = 'x'.repeat(MAX_BODY_BYTES - '{"t":""}'.length);
    const publication = { tenantId: 'acme', type: 'job.completed' };
    expect((await webhooks.publish({ ...publication, body: { t: fits } })).type).toBe('published');
    await expect(webhooks.publish({ ...publication, body: { t: `${fits}x` } })).rejects.toMatchObject({
      code: 'body-too-large',
      message: 'body must be at most 262144 bytes as JSON, got 262145; send a link to the rest',
    });
  });

  test.each([
    [{ type: 'Job Completed' }, 'bad-type', /^type must be parts of a-z.*got "Job Completed"/],
    [{ type: 'job.*' }, 'bad-type', /got "job\.\*"/],
    [{ id: 'msg_a.b' }, 'bad-id', /^id must be msg_.*got "msg_a\.b"/],
    [{ id: 'x' }, 'bad-id', /got "x"; choose another/],
  ])('refuses %j', async (fields, code, message) => {
    const { publish } = world();
    await expect(publish(fields)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

describe('fanning out', () => {
  test('goes to the one receiver of a message that names it, whatever that subscribed to, at its url', async () => {
    const { endpoint, publish, work, receiver } = world();
    await endpoint({ id: 'whe_1', events: ['*'] });
    await endpoint({ id: 'whe_2', events: [], isImplicit: true });
    await publish({ target: { endpointId: 'whe_2', url: 'https://jobs.example/done?id=7' } });
    await work();
    expect(receiver.got.map(({ url }) => url)).toEqual(['https://jobs.example/done?id=7']);
  });

  test('makes one delivery of a message and an endpoint, under an id that derives from both', async () => {
    const { endpoint, publish, webhooks, deliveries } = world();
    await endpoint();
    const { id } = await publish();
    const counts = await Promise.all([1, 2, 3].map(() => webhooks.fanOut(id)));
    expect(counts.reduce((sum, { created }) => sum + created, 0)).toBe(1);
    expect((await deliveries()).map((delivery) => delivery.id)).toEqual([deliveryId(id, 'whe_1')]);
  });

  test('leaves out who is gone, and lets those wait who stand still', async () => {
    const { endpoint, publish, work, deliveries } = world();
    await endpoint({ id: 'whe_1', state: 'disabled', disabledReason: 'gone' });
    await endpoint({ id: 'whe_2', state: 'paused' });
    await publish();
    await work();
    expect(await deliveries('whe_1')).toEqual([]);
    expect((await deliveries('whe_2')).map(({ state }) => state)).toEqual(['parked']);
  });

  test.each([
    ['*', 'document.completed', true],
    ['document.*', 'document.completed', true],
    ['document.*', 'document', false],
    ['document.*', 'document.page.completed', true],
    ['*.failed', 'enrichment.failed', true],
    ['*.failed', 'a.b.failed', false],
    ['job.completed', 'job.completed', true],
    ['job.completed', 'job.completed.late', false],
    ['job', 'jobs', false],
  ])('%s means %s: %s', (pattern, type, expected) => {
    expect(matchesEvent(pattern, type)).toBe(expected);
  });

  test('knows types and patterns by their form', () => {
    expect(['document.completed', 'a', 'a_b-c.d1'].every(isEventType)).toBe(true);
    expect(['', 'A', 'a.', '.a', 'a..b', 'a*', '*', 'a'.repeat(129)].some(isEventType)).toBe(false);
    expect(['*', 'a.*', '*.b', 'a.*.c'].every(isEventPattern)).toBe(true);
    expect(['**', 'a*', 'a.**', ''].some(isEventPattern)).toBe(false);
  });
});

describe('what a delivery costs', () => {
  test('where all is well it is four writes: place, claim, record, place given back', async () => {
    const writes: string[] = [];
    const note = (name: string) => {
      if (/\.(create|replace|delete)$/.test(name)) writes.push(name);
      return undefined;
    };
    const { ready, hints, deliverer, clock, publish, webhooks } = world({ store: (store) => faultyStore(store, note) });
    await ready();
    const { id } = await publish();
    await webhooks.fanOut(id);
    const [first, second] = hints.take().flatMap((hint) => (hint.type === 'deliver' ? hint.deliveryId : []));
    await deliverer.run(first, 'deliver');
    writes.length = 0;
    await clock.advance(5000);
    await deliverer.run(second, 'deliver');
    expect(writes.toSorted()).toEqual(['deliveries.replace', 'deliveries.replace', 'gates.replace', 'gates.replace']);
  });

  test('ten of one endpoint in one batch take their places in one write', async () => {
    let gateWrites = 0;
    const note = (name: string) => {
      if (/^gates\.(create|replace)$/.test(name)) gateWrites += 1;
      return undefined;
    };
    const { endpoint, publish, webhooks, hints, deliverer, receiver } = world({ store: (store) => faultyStore(store, note) });
    await endpoint();
    for (let at = 0; at < 10; at += 1) await webhooks.fanOut((await publish()).id);
    const ids = hints.take().flatMap((hint) => (hint.type === 'deliver' ? hint.deliveryId : []));
    await Promise.all(ids.map((id) => deliverer.run(id, 'deliver')));
    expect(receiver.got).toHaveLength(10);
    expect(gateWrites).toBeLessThanOrEqual(4);
  });
});

test('resending begins the policy anew, and the log goes on', async () => {
  const { ready, runOn, deliveries, receiver, webhooks } = world();
  receiver.receive = (_request, nth) => answer(nth <= 5 ? 500 : 200);
  const { id } = await ready();
  await runOn();
  expect((await deliveries())[0].state).toBe('failed');
  await webhooks.resend(id);
  await runOn();
  const [delivery] = await deliveries();
  expect(delivery).toMatchObject({ state: 'succeeded', attempt: 6, spent: 3, trigger: 'manual' });
  expect(delivery.attempts.map(({ trigger }) => trigger)).toEqual(['auto', 'auto', 'auto', 'manual', 'manual', 'probe']);
});
