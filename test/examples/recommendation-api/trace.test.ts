import { tracedFetch } from '../../../examples/shared/http/trace-scope';
import { FakeProvider } from './fakes';
import { ready, startService, stopServices } from './running';

afterEach(stopServices);

test('passes the trace of a request on to the provider', async () => {
  const sent: Headers[] = [];
  const send = tracedFetch(async (_input, init) => {
    sent.push(new Headers(init?.headers));
    return new Response('{}');
  });
  const provider = new FakeProvider();
  const api = await ready(await startService({ embedder: provider }));
  const embed = provider.embed.bind(provider);
  provider.embed = async (texts, options) => {
    await send('https://provider.example.com', { headers: { authorization: 'Bearer key' } });
    return embed(texts, options);
  };
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  await api.recommend({ text: 'a team' }, { traceparent: `00-${traceId}-b7ad6b7169203331-01`, tracestate: 'vendor=1' });

  const [headers] = sent;
  expect(headers.get('traceparent')).toMatch(new RegExp(`^00-${traceId}-(?!b7ad6b7169203331)[0-9a-f]{16}-01$`));
  expect([headers.get('tracestate'), headers.get('authorization')]).toEqual(['vendor=1', 'Bearer key']);
});

test('counts a client that left as such, not as a failure', async () => {
  const provider = new FakeProvider();
  const api = await ready(await startService({ embedder: provider }));
  const asked = new Promise<void>((seen) => {
    provider.embed = () => {
      seen();
      return new Promise(() => {});
    };
  });
  const leaving = new AbortController();
  const response = fetch(`${api.url}/api/recommendations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"text":"in vain"}',
    signal: leaving.signal,
  });
  await asked;
  leaving.abort();

  await expect(response).rejects.toThrow('aborted');
  let metrics = '';
  while (!metrics.includes('operation="recommend"')) metrics = await (await fetch(api.metricsUrl)).text();
  expect(metrics).toContain('{operation="recommend",method="POST",status="499"}');
  expect(api.log.join('')).not.toContain('request failed');
});
