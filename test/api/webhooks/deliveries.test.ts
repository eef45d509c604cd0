import { answer } from '../../runtime/webhooks/world';
import { webhooksApi } from './api';

/** Three events: one arrives, one fails for good, one waits. */
async function told() {
  const api = webhooksApi();
  const { id } = await api.register({ retry_policy: { max_attempts: 1 } });
  api.receiver.receive = (_request, nth) => (nth === 2 ? answer(500, { body: Buffer.from('out of order') }) : answer(200));
  for (const n of [1, 2, 3]) {
    if (n === 3) await api.post(`/v1/webhooks/${id}/pause`);
    await api.publish({ body: { n } });
    await api.work();
    await api.clock.advance(1000);
  }
  return { ...api, id, path: `/v1/webhooks/${id}/deliveries` };
}

describe('GET /v1/webhooks/{id}/deliveries', () => {
  test('CTX-10.4 tells id, status, attempts, the latency of a success and the error of a failure', async () => {
    const { send, path } = await told();

    const { status, json } = await send(path);

    expect(status).toBe(200);
    expect(json.deliveries).toMatchObject([
      { id: expect.stringMatching(/^del_/), status: 'parked', attempts: 0 },
      { id: expect.stringMatching(/^del_/), status: 'failed', attempts: 1, last_error: 'http-5xx: status 500: out of order' },
      { id: expect.stringMatching(/^del_/), status: 'success', attempts: 1, latency_ms: 20 },
    ]);
    expect([json.deliveries[1].latency_ms, json.deliveries[2].last_error]).toEqual([undefined, undefined]);
  });

  test('goes on where a page ended, by a cursor for this list alone', async () => {
    const { send, path } = await told();
    const first = (await send(`${path}?limit=2`)).json;
    const second = (await send(`${path}?limit=2&cursor=${first.next_cursor}`)).json;
    expect([...first.deliveries, ...second.deliveries]).toHaveLength(3);
    expect(second.next_cursor).toBeUndefined();

    const elsewhere = await send(`${path}?status=failed&cursor=${first.next_cursor}`);
    expect([elsewhere.status, elsewhere.json.errors[0].field]).toEqual([400, 'cursor']);
  });

  test('is filtered by status', async () => {
    const { send, path } = await told();
    expect((await send(`${path}?status=success`)).json.deliveries).toHaveLength(1);
    const { status, json } = await send(`${path}?status=done&limit=0&page=2`);
    expect([status, json.errors]).toEqual([
      400,
      [
        { field: 'page', given: '"2"', allowed: 'no parameter but status, cursor, limit' },
        { field: 'limit', given: '"0"', allowed: 'a whole number from 1 to 100' },
        {
          field: 'status',
          given: '"done"',
          allowed: 'one of pending, sending, retrying, parked, success, failed, cancelled, expired',
        },
      ],
    ]);
  });
});

describe('/v1/webhooks/{id}/deliveries/{delivery}', () => {
  test('CTX-10.4 tells each attempt with what came of it', async () => {
    const { send, path } = await told();
    const [, { id }] = (await send(path)).json.deliveries;
    expect((await send(`${path}/${id}`)).json.attempt_log).toEqual([
      {
        number: 1,
        trigger: 'auto',
        outcome: 'failed',
        failure: 'http-5xx',
        http_status: 500,
        latency_ms: 20,
        address: '203.0.113.7',
        detail: 'out of order',
        started_at: expect.any(String),
        ended_at: expect.any(String),
      },
    ]);
  });

  test('resend sends it again under its id, from the beginning of the policy', async () => {
    const { send, post, path, work, receiver, id: hook } = await told();
    await post(`/v1/webhooks/${hook}/resume`);
    await work();
    const failed = (await send(path)).json.deliveries[1];

    const { status, json } = await post(`${path}/${failed.id}/resend`);
    await work();

    expect([status, json.status]).toEqual([202, 'pending']);
    expect((await send(`${path}/${failed.id}`)).json).toMatchObject({ status: 'success', attempts: 2 });
    expect(receiver.ids.filter((sent) => sent === failed.message_id)).toHaveLength(2);
  });

  test('resend is refused when its webhook was deleted, and what became of it stays as it was', async () => {
    const { send, post, path, id: hook } = await told();
    const [, failed] = (await send(path)).json.deliveries;
    await send(`/v1/webhooks/${hook}`, { method: 'DELETE' });

    const { status, json } = await post(`${path}/${failed.id}/resend`);

    expect([status, json.type]).toEqual([404, 'urn:plinth:problem:webhook-not-found']);
    expect((await send(`${path}/${failed.id}`)).json.status).toBe('failed');
  });

  test('failure mode 24: resend is refused when the body is gone, and what became of it stays readable', async () => {
    const { send, post, path, clock } = await told();
    const failed = (await send(path)).json.deliveries[1];
    await clock.advance(31 * 86_400_000);

    const { status, json } = await post(`${path}/${failed.id}/resend`);

    expect([status, json.type]).toEqual([409, 'urn:plinth:problem:body-gone']);
    expect((await send(`${path}/${failed.id}`)).json.status).toBe('failed');
  });

  test('is found under its own webhook and tenant only', async () => {
    const { send, post, path, register } = await told();
    const [{ id }] = (await send(path)).json.deliveries;
    const other = await register({ url: 'https://other.example.com/' });
    expect((await send(`/v1/webhooks/${other.id}/deliveries/${id}`)).status).toBe(404);
    expect((await send(`${path}/${id}`, { tenantId: 'globex' })).status).toBe(404);
    expect((await post(`${path}/${id}/resend`, { tenantId: 'globex' })).status).toBe(404);
    expect((await send(`${path}/del_none`)).status).toBe(404);
  });
});
