import { createHmac, createPublicKey, verify } from 'node:crypto';
import { webhooksApi } from './api';

const HOUR_MS = 3_600_000;
const OWN = 'a-secret-of-our-own-words';

describe('the secrets of a webhook', () => {
  test('are shown to whoever may write', async () => {
    const { register, send } = webhooksApi();
    const { id, security } = await register();
    const { json, headers } = await send(`/v1/webhooks/${id}/secret`);
    expect(json.secrets).toEqual([{ kid: expect.any(String), hmac_secret: security.hmac_secret, created_at: expect.any(String) }]);
    expect(headers['cache-control']).toBe('no-store');
  });

  test('failure mode 15: both sign while a rotation overlaps, the new one alone after it', async () => {
    const { register, post, publish, work, receiver, clock } = webhooksApi();
    const { id } = await register();

    const { status, json } = await post(`/v1/webhooks/${id}/rotate-secret`, { body: { hmac_secret: OWN } });
    await publish();
    await work();
    await clock.advance(24 * HOUR_MS);
    await publish({ body: { n: 2 } });
    await work();

    expect([status, json.secrets[0].hmac_secret, json.secrets[0].ends_at]).toEqual([200, OWN, undefined]);
    expect(Date.parse(json.secrets[1].ends_at)).toBe(clock.now());
    const counts = receiver.got.map(({ headers }) => headers['webhook-signature'].match(/v1,/g)?.length);
    expect(counts).toEqual([2, 1]);
    const [, { headers, body }] = receiver.got;
    const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body.toString()}`;
    expect(headers['webhook-signature']).toContain(`v1,${createHmac('sha256', OWN).update(content).digest('base64')}`);
  });

  test('end at once where the overlap is nothing', async () => {
    const { register, post } = webhooksApi();
    const { id } = await register();
    const { json } = await post(`/v1/webhooks/${id}/rotate-secret`, { body: { overlap_ms: 0 } });
    expect(json.secrets).toHaveLength(1);
  });

  test('are at most five at once', async () => {
    const { register, post } = webhooksApi();
    const { id } = await register();
    for (let nth = 0; nth < 4; nth += 1) expect((await post(`/v1/webhooks/${id}/rotate-secret`)).status).toBe(200);

    const { status, json } = await post(`/v1/webhooks/${id}/rotate-secret`);

    expect([status, json.type]).toEqual([409, 'urn:plinth:problem:too-many-secrets']);
    expect((await post(`/v1/webhooks/${id}/rotate-secret`, { body: { overlap_ms: 0 } })).status).toBe(200);
  });

  test.each([
    [{ overlap_ms: 604_800_001 }, 'overlap_ms'],
    [{ overlap_ms: -1 }, 'overlap_ms'],
    [{ hmac_secret: 'whsec_AA==' }, 'hmac_secret'],
    [{ hmac_secret: null }, 'hmac_secret'],
    [{ secret: OWN }, 'secret'],
  ])('are not rotated with %j', async (body, field) => {
    const { register, post, send } = webhooksApi();
    const { id } = await register();
    const { status, json } = await post(`/v1/webhooks/${id}/rotate-secret`, { body });
    expect([status, json.errors.map((fault: { field: string }) => fault.field)]).toEqual([400, [field]]);
    expect((await send(`/v1/webhooks/${id}/secret`)).json.secrets).toHaveLength(1);
  });
});

describe('GET /v1/webhooks/{id}/jwks.json', () => {
  test('shows everybody the key that what is sent verifies with', async () => {
    const { register, send, publish, work, receiver } = webhooksApi();
    const { id } = await register();
    await publish();
    await work();

    const { status, json, headers } = await send(`/v1/webhooks/${id}/jwks.json`, { tenantId: '', scopes: [] });

    expect([status, headers['cache-control']]).toEqual([200, 'public, max-age=300']);
    const [{ headers: sent, body }] = receiver.got;
    const content = Buffer.from(`${sent['webhook-id']}.${sent['webhook-timestamp']}.${body.toString()}`);
    const signature = Buffer.from(/v1a,(\S+)/.exec(sent['webhook-signature'])?.[1] ?? '', 'base64');
    expect(verify(null, content, createPublicKey({ key: json.keys[0], format: 'jwk' }), signature)).toBe(true);
    expect(JSON.stringify(json)).not.toContain('"d"');
  });

  test('is gone with its webhook', async () => {
    const { register, send } = webhooksApi();
    const { id } = await register();
    await send(`/v1/webhooks/${id}`, { method: 'DELETE' });
    expect((await send(`/v1/webhooks/${id}/jwks.json`, { tenantId: '', scopes: [] })).status).toBe(404);
    expect((await send('/v1/webhooks/whe_0000000000000000/jwks.json', { tenantId: '', scopes: [] })).status).toBe(404);
  });
});
