import { WebhookTasks } from 'plinth-runtime/webhooks';
import { answer } from '../../runtime/webhooks/world';
import { webhooksApi } from './api';

const SINCE = '2025-12-31T00:00:00Z';

async function withFailure() {
  const api = webhooksApi();
  const { id } = await api.register({ retry_policy: { max_attempts: 1 } });
  api.receiver.receive = (_request, nth) => answer(nth === 1 ? 500 : 200);
  const message = await api.publish();
  await api.work();
  await api.clock.advance(1000);
  const tasks = new WebhookTasks({ webhooks: api.webhooks });
  const run = async (task: string) => tasks.run({ tenantId: 'acme', id: task }, api.clock.now() + 10_000);
  return { ...api, id, message, run };
}

describe('POST /v1/webhooks/{id}/recover and /replay', () => {
  test('answer 202 with a task that tells how far it is', async () => {
    const { send, id, run, work, receiver } = await withFailure();

    const { status, json, headers } = await send(`/v1/webhooks/${id}/recover`, { body: { since: SINCE } });
    expect([status, headers.location, json.status]).toEqual([202, `/v1/webhooks/tasks/${json.task_id}`, 'queued']);
    await run(json.task_id);
    await work();

    expect((await send(headers.location)).json).toMatchObject({ status: 'succeeded', kind: 'recover', webhook_id: id, seen: 1, done: 1 });
    expect(receiver.got).toHaveLength(2);
    expect((await send(`/v1/webhooks/${id}/replay`, { body: { since: SINCE, dry_run: true } })).json).toMatchObject({
      kind: 'replay',
      dry_run: true,
    });
  });

  test.each([
    [{}, 'since'],
    [{ since: 'yesterday' }, 'since'],
    [{ since: '2030-01-01T00:00:00Z' }, 'since'],
    [{ since: SINCE, until: '2025-01-01T00:00:00Z' }, 'since'],
    [{ since: SINCE, until: 7 }, 'until'],
    [{ since: SINCE, dry_run: 'yes' }, 'dry_run'],
    [{ since: SINCE, limit: 5 }, 'limit'],
  ])('refuse %j by name, and queue nothing', async (body, field) => {
    const { send, id, store } = await withFailure();
    const { status, json } = await send(`/v1/webhooks/${id}/recover`, { body });
    expect([status, json.errors.map((fault: { field: string }) => fault.field)]).toEqual([400, [field]]);
    expect(await store.tasks.list('acme')).toEqual([]);
  });

  test('are cancelled by their own tenant, once', async () => {
    const { send, post, id, run } = await withFailure();
    const { task_id: task } = (await send(`/v1/webhooks/${id}/recover`, { body: { since: SINCE } })).json;
    const path = `/v1/webhooks/tasks/${task}`;
    expect((await send(path, { tenantId: 'globex' })).status).toBe(404);
    expect((await post(`${path}/cancel`, { tenantId: 'globex' })).status).toBe(404);
    expect((await send(`/v1/webhooks/${id}/recover`, { body: { since: SINCE }, tenantId: 'globex' })).status).toBe(404);
    await run(task);

    const { status, json } = await post(`${path}/cancel`);

    expect([status, json.type, json.detail]).toEqual([
      409,
      'urn:plinth:problem:task-finished',
      'the task is succeeded; only queued and running tasks can be cancelled',
    ]);
  });
});

describe('purging', () => {
  test('DELETE takes the body of a message, and only its own tenant’s', async () => {
    const { send, message, store, id, post } = await withFailure();
    const path = `/v1/webhooks/messages/${message.id}/body`;
    expect((await send(path, { method: 'DELETE', tenantId: 'globex' })).status).toBe(404);

    const { status, json } = await send(path, { method: 'DELETE' });

    expect([status, json]).toEqual([200, { message_id: message.id, deliveries_ended: 0 }]);
    expect((await store.messages.read(message.id))?.body).toBeUndefined();
    const [delivery] = (await send(`/v1/webhooks/${id}/deliveries`)).json.deliveries;
    expect((await post(`/v1/webhooks/${id}/deliveries/${delivery.id}/resend`)).json.type).toBe('urn:plinth:problem:body-gone');
  });

  test('POST /v1/webhooks/purge takes all bodies and logs of a tenant', async () => {
    const { send, post, run, message, store, id, clock } = await withFailure();
    const { status, json } = await post('/v1/webhooks/purge', { body: {} });
    await run(json.task_id);
    await clock.advance(1000);
    expect([status, json.kind]).toEqual([202, 'purge']);
    expect((await store.messages.read(message.id))?.body).toBeUndefined();
    expect((await send(`/v1/webhooks/${id}/deliveries`)).json.deliveries).toEqual([]);
  });

  test('POST /v1/webhooks/purge takes what went to a webhook that was deleted, and nobody else sees that there was one', async () => {
    const { send, post, run, message, store, id } = await withFailure();
    expect((await send(`/v1/webhooks/${id}`, { method: 'DELETE' })).status).toBe(204);
    const seen = await Promise.all([
      send(`/v1/webhooks/${id}`),
      send(`/v1/webhooks/${id}`, { method: 'PATCH', body: { description: 'again' } }),
      send(`/v1/webhooks/${id}`, { method: 'DELETE' }),
      send(`/v1/webhooks/${id}/jwks.json`),
      send(`/v1/webhooks/${id}/secret`),
      post(`/v1/webhooks/${id}/ping`),
      post(`/v1/webhooks/${id}/resume`),
      send(`/v1/webhooks/${id}/recover`, { body: { since: SINCE } }),
    ]);
    expect(seen.map(({ status }) => status)).toEqual(Array(8).fill(404));
    expect((await send('/v1/webhooks?implicit=true')).json.webhooks).toEqual([]);
    expect((await store.messages.read(message.id))?.body).toBeDefined();

    const { json } = await post('/v1/webhooks/purge', { body: {} });
    await run(json.task_id);

    expect((await send(`/v1/webhooks/tasks/${json.task_id}`)).json).toMatchObject({ status: 'succeeded', seen: 1, done: 1 });
    expect((await store.messages.read(message.id))?.body).toBeUndefined();
  });
});
