import { WebhookVerifier } from 'plinth-runtime/signing';
import { type BulkKind, type Delivery, WebhookSweeper, WebhookTasks, type WebhookStore } from 'plinth-runtime/webhooks';
import { SECRETS, world, type WorldOptions } from './world';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Webhooks with tasks over them, and a sweeper that goes on with them. */
function tasking(options: WorldOptions = {}) {
  const all = world(options);
  const { webhooks, clock, store } = all;
  const tasks = new WebhookTasks({ webhooks });
  const sweeper = new WebhookSweeper({ webhooks, runTask: (due, untilMs) => tasks.run(due, untilMs) });
  const start = clock.now();
  /** Deliveries that ended in a state, each of a message of its own. */
  const ended = async (count: number, state: Delivery['state'] = 'failed', endpointId = 'whe_1', tenantId = 'acme') => {
    const ttl = Math.ceil((clock.now() + 30 * DAY_MS) / 1000);
    for (let n = 0; n < count; n += 1) {
      const [id, messageId] = [`del_${endpointId}_${state}_${n}`, `msg_${endpointId}_${state}_${n}`];
      const fields = { tenantId, type: 'document.completed', createdAt: clock.now(), ttl, revision: 'r' };
      await store.messages.create({ ...fields, id: messageId, body: `{"n":${n}}`, state: 'fanned-out' });
      const attempts = [{ number: 1, trigger: 'auto', startedAt: start, outcome: 'failed', detail: 'their words' }] as const;
      const counts = { attempt: 1, spent: 1, attempts, trigger: 'auto', nextAt: start } as const;
      await store.deliveries.create({ ...fields, ...counts, id, messageId, endpointId, state });
    }
    await clock.advance(1000);
  };
  const request = async (kind: BulkKind, fields: object = {}) => {
    const requested = await tasks.request({ tenantId: 'acme', kind, endpointId: 'whe_1', since: start, ...fields });
    if (requested.type === 'full') throw new Error('a task must be queued, got a refusal');
    return requested.task.id;
  };
  const sweep = (forMs = 50_000) => sweeper.sweep(clock.now() + forMs);
  const states = async (endpointId?: string) => (await all.deliveries(endpointId)).map(({ state }) => state);
  const sentAgain = () => all.hints.sent.flatMap(({ hint }) => (hint.type === 'deliver' ? [hint.deliveryId] : []));
  return { ...all, tasks, ended, request, sweep, states, sentAgain };
}

describe('a task', () => {
  test('recover sends again what failed, and nothing else', async () => {
    const { endpoint, ended, request, sweep, tasks, states, sentAgain } = tasking();
    await endpoint();
    await ended(3);
    await ended(2, 'succeeded');

    const id = await request('recover');
    await sweep();

    expect(await tasks.get('acme', id)).toMatchObject({ state: 'succeeded', seen: 5, done: 3, skipped: 2 });
    expect(new Set(sentAgain()).size).toBe(3);
    expect((await states()).toSorted()).toEqual(['pending', 'pending', 'pending', 'succeeded', 'succeeded']);
  });

  test('replay sends everything of its time again, under the same ids', async () => {
    const { endpoint, ended, request, sweep, clock, work, receiver } = tasking();
    await endpoint();
    await ended(2, 'succeeded');
    const since = clock.now();
    await ended(2);
    await ended(1, 'cancelled');

    await request('replay', { since });
    await sweep();
    await work();

    expect(receiver.ids.toSorted()).toEqual(['msg_whe_1_cancelled_0', 'msg_whe_1_failed_0', 'msg_whe_1_failed_1']);
  });

  test('failure mode 21: recover of 10,000 with restarts in the middle sends each once', async () => {
    let pagesUntilKill = 0;
    const killed = (store: WebhookStore): WebhookStore => {
      const { tasks } = store;
      const replace: typeof tasks.replace = async (row, revision) => {
        pagesUntilKill -= 1;
        if (pagesUntilKill === 0) throw new Error('killed');
        return tasks.replace(row, revision);
      };
      return Object.assign(Object.create(store) as WebhookStore, {
        tasks: Object.assign(Object.create(tasks) as typeof tasks, { replace }),
      });
    };
    const { endpoint, ended, request, clock, tasks, sentAgain, states } = tasking({ store: killed });
    await endpoint();
    await ended(10_000);
    const id = await request('recover');
    const go = () => tasks.run({ tenantId: 'acme', id }, clock.now() + 600_000);

    for (const kill of [3, 40, 55]) {
      pagesUntilKill = kill;
      await expect(go()).rejects.toThrow('killed');
      await clock.advance(61_000);
    }
    const before = await tasks.get('acme', id);
    await go();

    expect(before).toMatchObject({ state: 'running', cursor: expect.any(String) });
    expect(await tasks.get('acme', id)).toMatchObject({ state: 'succeeded', seen: 10_000, done: 10_000, skipped: 0 });
    expect([sentAgain().length, new Set(sentAgain()).size]).toEqual([10_000, 10_000]);
    expect(new Set(await states())).toEqual(new Set(['pending']));
  }, 20_000);

  test('failure mode 21: another goes on where time ran out', async () => {
    const { endpoint, ended, request, sweep, tasks, sentAgain } = tasking();
    await endpoint();
    await ended(250);
    const id = await request('recover');

    await sweep(400);
    const between = await tasks.get('acme', id);
    await sweep();

    expect(between).toMatchObject({ state: 'running', seen: 100, done: 100 });
    expect(await tasks.get('acme', id)).toMatchObject({ state: 'succeeded', done: 250 });
    expect(new Set(sentAgain()).size).toBe(250);
  });

  test('is left alone while another has it', async () => {
    const { endpoint, ended, request, tasks, clock, store } = tasking();
    await endpoint();
    await ended(1);
    const id = await request('recover');
    const task = (await store.tasks.read({ tenantId: 'acme', id }))!;
    await store.tasks.replace(
      { ...task, state: 'running', lease: { token: 't', until: clock.now() + 1000 }, revision: 'r2' },
      task.revision,
    );

    await tasks.run({ tenantId: 'acme', id }, clock.now() + 500);
    expect((await tasks.get('acme', id))?.seen).toBe(0);
    await clock.advance(1000);
    await tasks.run({ tenantId: 'acme', id }, clock.now() + 500);

    expect(await tasks.get('acme', id)).toMatchObject({ state: 'succeeded', done: 1 });
  });

  test('counts and changes nothing on a dry run', async () => {
    const { endpoint, ended, request, sweep, tasks, states, sentAgain } = tasking();
    await endpoint();
    await ended(3);
    const id = await request('recover', { isDryRun: true });
    await sweep();
    expect(await tasks.get('acme', id)).toMatchObject({ state: 'succeeded', seen: 3, done: 3, isDryRun: true });
    expect([await states(), sentAgain()]).toEqual([['failed', 'failed', 'failed'], []]);
  });

  test('stops when it is cancelled, after the page it is at', async () => {
    const { endpoint, ended, request, sweep, tasks, sentAgain } = tasking();
    await endpoint();
    await ended(250);
    const id = await request('recover');
    await sweep(400);

    expect((await tasks.cancel('acme', id)).type).toBe('cancelled');
    await sweep();

    expect(await tasks.get('acme', id)).toMatchObject({ state: 'cancelled', seen: 100 });
    expect(sentAgain()).toHaveLength(100);
    expect((await tasks.cancel('globex', id)).type).toBe('not-found');
  });

  test('leaves what has no body as it ended', async () => {
    const { endpoint, ended, request, sweep, tasks, states, clock, webhooks } = tasking();
    await endpoint();
    await ended(2);
    await tasks.purgeMessage('acme', 'msg_whe_1_failed_0');
    await clock.advance(webhooks.context.keepBodiesMs - DAY_MS);
    const id = await request('recover');
    await sweep();
    expect(await tasks.get('acme', id)).toMatchObject({ done: 1, skipped: 1 });
    expect((await states()).toSorted()).toEqual(['failed', 'pending']);
  });

  test('purge of a tenant takes bodies and logs of all its endpoints, and no other tenant is touched', async () => {
    const { endpoint, ended, request, sweep, tasks, store, states, clock } = tasking();
    await endpoint();
    await endpoint({ id: 'whe_2' });
    await endpoint({ id: 'whe_3', tenantId: 'globex' });
    await ended(120);
    await ended(2, 'parked', 'whe_2');
    await ended(1, 'failed', 'whe_3', 'globex');

    const id = await request('purge', { endpointId: undefined, since: 0 });
    await sweep();
    await clock.advance(1000);

    expect(await tasks.get('acme', id)).toMatchObject({ state: 'succeeded', seen: 122, done: 122 });
    expect([await states('whe_1'), await states('whe_2'), await states('whe_3')]).toEqual([[], [], ['failed']]);
    expect((await store.messages.read('msg_whe_1_failed_7'))?.body).toBeUndefined();
    expect((await store.messages.read('msg_whe_3_failed_0'))?.body).toBe('{"n":0}');
  });

  test('is one of five of a tenant at most', async () => {
    const { request, tasks } = tasking();
    for (let nth = 0; nth < 5; nth += 1) await request('recover');
    expect(await tasks.request({ tenantId: 'acme', kind: 'replay', endpointId: 'whe_1', since: 0 })).toEqual({ type: 'full', bound: 5 });
    expect((await tasks.request({ tenantId: 'globex', kind: 'replay', endpointId: 'whe_1', since: 0 })).type).toBe('queued');
  });

  test('is one of five of a tenant at most when many are asked for at once', async () => {
    const { tasks, store } = tasking();
    const ask = () => tasks.request({ tenantId: 'acme', kind: 'replay', endpointId: 'whe_1', since: 0 });

    const answers = await Promise.all(Array.from({ length: 20 }, ask));

    const queued = (await store.tasks.list('acme')).filter(({ state }) => state === 'queued');
    expect(queued.length).toBeLessThanOrEqual(5);
    expect(answers.filter(({ type }) => type === 'queued')).toHaveLength(queued.length);
  });
});

describe("the purge of a message's body", () => {
  test('ends what waits, and is another tenant’s not', async () => {
    const { webhooks, endpoint, publish, tasks, states, work, receiver } = tasking();
    await endpoint();
    const { id } = await publish();
    await webhooks.fanOut(id);

    expect(await tasks.purgeMessage('globex', id)).toBeUndefined();
    expect(await tasks.purgeMessage('acme', id)).toEqual({ ended: 1 });
    await work();

    expect([await states(), receiver.got]).toEqual([['expired'], []]);
  });
});

describe('publishing', () => {
  test.each([
    ['a full stop', 'a.b.c'],
    ['unicode', 'ключ 鍵 🔑 \u2028'],
    ['NUL', 'a\u0000b'],
    ['CRLF', 'a\r\nwebhook-id: msg_other\r\n\r\nb'],
  ])('failure mode 22: a body with %s arrives as it was given, and verifies', async (_name, text) => {
    const { endpoint, publish, work, receiver, clock } = tasking();
    await endpoint();
    await publish({ body: { text } });
    await work();
    expect(JSON.parse(receiver.got[0].body.toString())).toEqual({ text });
    const verifier = new WebhookVerifier({ secrets: [SECRETS[0]], clock });
    const [{ headers, body }] = receiver.got;
    expect(await verifier.verify(headers, body)).toMatchObject({ id: receiver.ids[0], version: 'v1' });
  });

  test('failure mode 23: a key that stands for another body is a conflict, and nothing is sent', async () => {
    const { webhooks, endpoint, publish, work, receiver } = tasking();
    await endpoint();
    const { id } = await publish({ idempotencyKey: 'order-7' });

    const again = await webhooks.publish({ tenantId: 'acme', type: 'document.completed', body: { n: 2 }, idempotencyKey: 'order-7' });
    await work();

    expect(again).toEqual({ type: 'conflict', messageId: id });
    expect(receiver.ids).toEqual([id]);
  });
});
