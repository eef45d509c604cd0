import { numberFault } from '../../../api/webhooks/endpoint-fields';
import { HOOK, webhooksApi } from './api';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=';

describe('POST /v1/webhooks', () => {
  test('CTX-10.1 registers url, events, retry policy and security, and shows the secret', async () => {
    const { send } = webhooksApi();

    const { status, headers, json } = await send('/v1/webhooks', {
      body: {
        ...HOOK,
        retry_policy: { max_attempts: 5, backoff: 'linear', timeout: 5000 },
        security: { signature_header: 'X-Contextual-Signature', hmac_secret: SECRET },
        headers: { Authorization: 'Bearer of-the-receiver' },
      },
    });

    expect([status, headers.location]).toEqual([201, `/v1/webhooks/${json.id}`]);
    expect(json).toMatchObject({
      id: expect.stringMatching(/^whe_/),
      ...HOOK,
      status: 'enabled',
      retry_policy: { max_attempts: 5, backoff: 'linear', timeout: 5000 },
      security: { signature_header: 'X-Contextual-Signature', hmac_secret: SECRET },
      header_names: ['authorization'],
      implicit: false,
    });
    expect(JSON.stringify(json)).not.toContain('of-the-receiver');
  });

  test('CTX-10.1 gives three attempts, exponential, ten seconds and a generated secret where none is named', async () => {
    const { register } = webhooksApi();
    expect(await register()).toMatchObject({
      retry_policy: { max_attempts: 3, backoff: 'exponential', timeout: 10_000 },
      security: { signature_header: 'webhook-signature', hmac_secret: expect.stringMatching(/^whsec_/) },
      max_in_flight: 10,
    });
  });

  test('CTX-10.3 signs what is sent with the secret, in the header of its choice besides', async () => {
    const { register, publish, work, receiver } = webhooksApi();
    await register({ security: { signature_header: 'x-signature', hmac_secret: SECRET }, headers: { 'X-Team': 'search' } });

    await publish();
    await work();

    const [{ url, headers }] = receiver.got;
    expect(url).toBe(HOOK.url);
    expect(headers['webhook-signature']).toMatch(/^v1,\S{44} v1a,\S{88}$/);
    expect(headers['x-signature']).toBe(headers['webhook-signature'].split(' ')[0]);
    expect(headers['x-team']).toBe('search');
  });

  test('names every bad field at once and writes nothing', async () => {
    const { send, store } = webhooksApi();

    const { status, headers, json } = await send('/v1/webhooks', {
      body: {
        url: 'http://hooks.example.com',
        events: ['Document Completed'],
        retry_policy: { max_attempts: 21, backoff: 'never', timeout: 10, max_elapsed_ms: 0, tries: 1 },
        security: { signature_header: 'host', hmac_secret: 'short' },
        rate_per_second: 0,
        max_in_flight: 1.5,
        description: 7,
        secret: 'x',
      },
    });

    expect([status, headers['content-type']]).toEqual([400, 'application/problem+json']);
    expect(json.errors.map(({ field }: { field: string }) => field)).toEqual([
      'secret',
      'url',
      'events[0]',
      'description',
      'retry_policy.tries',
      'retry_policy.max_attempts',
      'retry_policy.backoff',
      'retry_policy.timeout',
      'retry_policy.max_elapsed_ms',
      'security.signature_header',
      'security.hmac_secret',
      'rate_per_second',
      'max_in_flight',
    ]);
    expect(json.errors.filter(({ given, allowed }: { given?: string; allowed?: string }) => !given || !allowed)).toEqual([]);
    expect(JSON.stringify(json)).not.toContain('short');
    expect(await store.endpoints.list('acme')).toEqual([]);
  });

  test('never shows a secret that was given by another name or in the wrong place', async () => {
    const { register, post, send } = webhooksApi();
    const { id } = await register();
    const given = { secret: SECRET };
    const answers = await Promise.all([
      send('/v1/webhooks', { body: { ...HOOK, ...given } }),
      send(`/v1/webhooks/${id}`, { method: 'PATCH', body: given }),
      send(`/v1/webhooks/${id}`, { method: 'PATCH', body: { retry_policy: given } }),
      send(`/v1/webhooks/${id}`, { method: 'PATCH', body: { security: SECRET } }),
      send(`/v1/webhooks/${id}`, { method: 'PATCH', body: { headers: SECRET } }),
      post(`/v1/webhooks/${id}/rotate-secret`, { body: given }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 400));
    expect(JSON.stringify(answers)).not.toContain(SECRET);
  });

  test('says which number was too large to be one', () => {
    const range = { least: 0.1, most: 1000 };
    expect(numberFault('rate_per_second', JSON.parse('1e999'), range)?.given).toBe('Infinity');
    expect(numberFault('rate_per_second', JSON.parse('-1e999'), range)?.given).toBe('-Infinity');
  });

  test('asks for url and events', async () => {
    const { send } = webhooksApi();
    const { status, json } = await send('/v1/webhooks', { body: {} });
    expect([status, json.errors.map(({ field }: { field: string }) => field)]).toEqual([400, ['url', 'events']]);
  });

  test.each([
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://2130706433/',
    'https://localhost/',
    'https://169.254.169.254/latest',
    'https://user:pass@example.com/',
    'ftp://example.com/',
  ])('refuses the URL %s, and shows no password', async (url) => {
    const { send, store } = webhooksApi();
    const { status, json } = await send('/v1/webhooks', { body: { ...HOOK, url } });
    expect([status, json.errors.map(({ field }: { field: string }) => field)]).toEqual([400, ['url']]);
    expect(JSON.stringify(json)).not.toContain('pass@');
    expect(await store.endpoints.list('acme')).toEqual([]);
  });

  test.each([
    ['a line break', { 'x-team': 'a\r\nhost: evil.example' }, 'headers.x-team'],
    ['NUL', { 'x-team': 'a\u0000b' }, 'headers.x-team'],
    ['no latin-1', { 'x-team': 'ключ' }, 'headers.x-team'],
    ['a line break in a name', { 'x-team\r\nhost': 'a' }, 'headers.x-team\r\nhost'],
    ['host', { Host: 'evil.example' }, 'headers.Host'],
    ['content-length', { 'content-length': '1' }, 'headers.content-length'],
    ['content-type', { 'content-type': 'text/plain' }, 'headers.content-type'],
    ['transfer-encoding', { 'transfer-encoding': 'chunked' }, 'headers.transfer-encoding'],
    ['connection', { connection: 'upgrade' }, 'headers.connection'],
    ['webhook-id', { 'Webhook-Id': 'msg_1' }, 'headers.Webhook-Id'],
    ['webhook-signature', { 'webhook-signature': 'v1,x' }, 'headers.webhook-signature'],
    ['a name twice', { 'x-team': 'a', 'X-Team': 'b' }, 'headers'],
    ['no text', { 'x-team': 7 }, 'headers.x-team'],
    ['too long', { 'x-team': 'x'.repeat(4097) }, 'headers.x-team'],
    ['too many', Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`x-${n}`, 'a'])), 'headers'],
    ['too much', { a: 'x'.repeat(4000), b: 'x'.repeat(4000), c: 'x'.repeat(400) }, 'headers'],
    ['none at all', 'x-team: a', 'headers'],
  ])('failure mode 22: refuses headers with %s by name, and writes nothing', async (_name, headers, field) => {
    const { send, store } = webhooksApi();
    const { status, json } = await send('/v1/webhooks', { body: { ...HOOK, headers } });
    expect([status, json.errors.map((fault: { field: string }) => fault.field)]).toEqual([400, [field]]);
    expect(await store.endpoints.list('acme')).toEqual([]);
  });

  test('refuses a body over 32 KiB', async () => {
    const { send } = webhooksApi();
    expect((await send('/v1/webhooks', { body: { ...HOOK, description: 'x'.repeat(33_000) } })).status).toBe(413);
  });

  test('registers fifty, and no more when many come at once', async () => {
    const { send, store, endpoints } = webhooksApi();
    for (let made = 0; made < 48; made += 1) await endpoints.create('acme', HOOK);

    const racing = await Promise.all(Array.from({ length: 4 }, () => send('/v1/webhooks', { body: HOOK })));

    const refused = racing.filter(({ status }) => status === 409);
    expect(refused.map(({ json }) => json.type)).toEqual(refused.map(() => 'urn:plinth:problem:too-many-webhooks'));
    expect((await store.endpoints.list('acme')).length).toBeLessThanOrEqual(50);
    expect(refused.length).toBeGreaterThanOrEqual(2);
    expect((await send('/v1/webhooks', { body: HOOK, tenantId: 'globex' })).status).toBe(201);
  });

  test('takes the scope webhooks only', async () => {
    const { send } = webhooksApi();
    const { status, json } = await send('/v1/webhooks', { body: HOOK, scopes: ['read', 'jobs'] });
    expect([status, json.detail]).toEqual([403, 'the key must have the scope webhooks, got read, jobs']);
  });
});

describe('/v1/webhooks/{id}', () => {
  test('is told to its own tenant only, whatever is asked', async () => {
    const { register, send, post } = webhooksApi();
    const { id } = await register();
    const other = { tenantId: 'globex' };

    const answers = await Promise.all([
      send(`/v1/webhooks/${id}`, other),
      send(`/v1/webhooks/${id}`, { ...other, method: 'PATCH', body: { description: 'mine' } }),
      send(`/v1/webhooks/${id}`, { ...other, method: 'DELETE' }),
      send(`/v1/webhooks/${id}/secret`, other),
      send(`/v1/webhooks/${id}/deliveries`, other),
      ...['ping', 'pause', 'resume', 'rotate-secret'].map((verb) => post(`/v1/webhooks/${id}/${verb}`, other)),
    ]);

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
    expect((await send('/v1/webhooks', other)).json.webhooks).toEqual([]);
    expect((await send(`/v1/webhooks/${id}`)).json).toMatchObject({ id, status: 'enabled' });
  });

  test('is read with the scope read, without its secret', async () => {
    const { register, send } = webhooksApi();
    const { id, security } = await register();
    const reading = { scopes: ['read'] };

    const [one, all, secret] = await Promise.all([
      send(`/v1/webhooks/${id}`, reading),
      send('/v1/webhooks', reading),
      send(`/v1/webhooks/${id}/secret`, reading),
    ]);

    expect([one.status, all.json.webhooks[0].id, secret.status]).toEqual([200, id, 403]);
    expect(JSON.stringify([one.json, all.json])).not.toContain(security.hmac_secret);
  });

  test('PATCH changes what is named and takes away what is null', async () => {
    const { register, send } = webhooksApi();
    const { id } = await register({
      description: 'old',
      headers: { 'x-a': '1' },
      rate_per_second: 5,
      retry_policy: { max_elapsed_ms: 5000 },
    });

    const { status, json } = await send(`/v1/webhooks/${id}`, {
      method: 'PATCH',
      body: {
        events: ['*'],
        description: null,
        headers: null,
        rate_per_second: null,
        retry_policy: { max_attempts: 7, max_elapsed_ms: null },
      },
    });

    expect(status).toBe(200);
    expect(json).toMatchObject({ url: HOOK.url, events: ['*'], header_names: [], retry_policy: { max_attempts: 7, timeout: 10_000 } });
    expect([json.description, json.rate_per_second, json.retry_policy.max_elapsed_ms]).toEqual([undefined, undefined, undefined]);
  });

  test.each([
    [{}, 'body'],
    [{ url: 'https://10.0.0.1/' }, 'url'],
    [{ url: null }, 'url'],
    [{ events: [] }, 'events'],
    [{ retry_policy: null }, 'retry_policy'],
    [{ security: { hmac_secret: SECRET } }, 'security.hmac_secret'],
    [{ security: { signature_header: 'X-Own' } }, 'security.signature_header'],
    [{ status: 'paused' }, 'status'],
  ])('PATCH refuses %j by name, and changes nothing', async (body, field) => {
    const { register, send, store } = webhooksApi();
    const { id } = await register({ headers: { 'x-own': '1' } });
    const before = await store.endpoints.read({ tenantId: 'acme', id });

    const { status, json } = await send(`/v1/webhooks/${id}`, { method: 'PATCH', body });

    expect([status, json.errors.map((fault: { field: string }) => fault.field)]).toEqual([400, [field]]);
    expect(JSON.stringify(json)).not.toContain(SECRET);
    expect(await store.endpoints.read({ tenantId: 'acme', id })).toEqual(before);
  });

  test('of two PATCHes at once that make the header of signatures a custom one too, one is refused', async () => {
    const { register, send } = webhooksApi();
    const { id } = await register();
    const patch = (body: object) => send(`/v1/webhooks/${id}`, { method: 'PATCH', body });

    const answers = await Promise.all([patch({ headers: { 'x-own': '1' } }), patch({ security: { signature_header: 'X-Own' } })]);

    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 400]);
    const refused = answers.find(({ status }) => status === 400)?.json;
    expect(refused.errors).toMatchObject([{ field: 'security.signature_header', allowed: 'a name that is not among headers' }]);
  });

  test('DELETE ends what waits as cancelled', async () => {
    const { register, post, publish, work, send, store, deliveries } = webhooksApi();
    const { id } = await register();
    await post(`/v1/webhooks/${id}/pause`);
    await publish();
    await work();
    expect((await deliveries(id)).map(({ state }) => state)).toEqual(['parked']);

    expect((await send(`/v1/webhooks/${id}`, { method: 'DELETE' })).status).toBe(204);

    expect((await deliveries(id)).map(({ state }) => state)).toEqual(['cancelled']);
    expect((await send(`/v1/webhooks/${id}`)).status).toBe(404);
    expect((await send(`/v1/webhooks/${id}`, { method: 'DELETE' })).status).toBe(404);
    expect(await store.endpoints.list('acme')).toEqual([]);
  });

  test('pause lets deliveries wait, resume sends them', async () => {
    const { register, post, publish, work, receiver } = webhooksApi();
    const { id } = await register();
    expect((await post(`/v1/webhooks/${id}/pause`)).json.status).toBe('paused');
    await publish();
    await work();
    expect(receiver.got).toEqual([]);

    expect((await post(`/v1/webhooks/${id}/resume`)).json.status).toBe('enabled');
    await work();

    expect(receiver.got).toHaveLength(1);
  });

  test('ping sends one webhook.ping to it alone', async () => {
    const { register, post, work, receiver, send } = webhooksApi();
    const { id } = await register();
    await register({ url: 'https://other.example.com/', events: ['*'] });

    const { status, json, headers } = await post(`/v1/webhooks/${id}/ping`);
    await work();

    expect(status).toBe(202);
    expect(receiver.got.map(({ url }) => url)).toEqual([HOOK.url]);
    expect(JSON.parse(receiver.got[0].body.toString())).toMatchObject({ type: 'webhook.ping', webhook_id: id });
    expect((await send(headers.location)).json).toMatchObject({ id: json.delivery_id, status: 'success' });
  });
});
