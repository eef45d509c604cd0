import { once } from 'node:events';
import { systemClock } from '../../../runtime/src/resilience';
import { SafeFetch } from '../../../runtime/src/safe-fetch';
import { closeAll, names, OK, OTHER_PUBLIC, PUBLIC, receiver, safeFetch } from './support';

afterEach(closeAll);

/** The machine's time, with hours in between. */
function jumpingClock() {
  let ahead = 0;
  return { ...systemClock, now: () => Date.now() + ahead, jump: (ms: number) => (ahead += ms) };
}

test('a connection is used again', async () => {
  const server = await receiver(OK);
  const { post } = safeFetch(server.port);
  for (let i = 0; i < 5; i++) await post();
  expect([server.sockets.length, server.requests.length]).toEqual([1, 5]);
});

test('posts at the same time have a connection each, and all are used again', async () => {
  const server = await receiver(OK);
  const { post } = safeFetch(server.port);
  await Promise.all(Array.from({ length: 10 }, () => post()));
  await Promise.all(Array.from({ length: 10 }, () => post()));
  expect(server.sockets).toHaveLength(10);
});

test('another origin at the same address has a connection of its own', async () => {
  const server = await receiver(OK);
  const { post } = safeFetch(server.port, { resolve: names({ 'a.example': [PUBLIC], 'b.example': [PUBLIC] }) });
  await post('http://a.example/');
  await post('http://b.example/');
  await post('http://a.example/');
  expect(server.sockets).toHaveLength(2);
});

test('one that waits is found under any address of its name', async () => {
  const server = await receiver(OK);
  let answers = [PUBLIC];
  const { post } = safeFetch(server.port, { resolve: () => Promise.resolve(answers.map((address) => ({ address, ttl: 0 }))) });
  await post();
  answers = [OTHER_PUBLIC, PUBLIC];
  expect((await post()).address).toBe(PUBLIC);
  expect(server.sockets).toHaveLength(1);
});

test('one that the receiver closed is not used again', async () => {
  const server = await receiver((socket) => socket.write(OK));
  const { post } = safeFetch(server.port);
  await post();
  const gone = once(server.sockets[0], 'close');
  server.sockets[0].end();
  await gone;
  expect((await post()).status).toBe(200);
  expect(server.sockets).toHaveLength(2);
});

test('one whose receiver says close is closed', async () => {
  const server = await receiver(OK.replace('\r\n', '\r\nconnection: close\r\n'));
  const { post } = safeFetch(server.port);
  await post();
  await post();
  expect(server.sockets).toHaveLength(2);
});

test('what a receiver says unasked does not answer the next post', async () => {
  const answers = [OK + OK.replace('200', '299'), OK];
  const server = await receiver((socket) => socket.write(answers.shift()!));
  const { post } = safeFetch(server.port);
  expect((await post()).status).toBe(200);
  expect((await post()).status).toBe(200);
  expect(server.sockets).toHaveLength(2);
});

test('one that waited for four seconds is not used again, even by a process whose timers stood still', async () => {
  const server = await receiver(OK);
  const clock = jumpingClock();
  const { post } = safeFetch(server.port, { clock });
  await post();
  clock.jump(3_900);
  await post();
  expect(server.sockets).toHaveLength(1);
  clock.jump(4_000);
  await post();
  expect(server.sockets).toHaveLength(2);
});

test('at most 64 wait for one origin', async () => {
  const server = await receiver(OK);
  const { post } = safeFetch(server.port);
  await Promise.all(Array.from({ length: 70 }, () => post()));
  await Promise.all(Array.from({ length: 70 }, () => post()));
  expect(server.sockets).toHaveLength(76);
});

test('at most 256 wait in all: the one that waited longest is closed', async () => {
  const server = await receiver(OK);
  const { post } = safeFetch(server.port, { resolve: () => Promise.resolve([{ address: PUBLIC, ttl: 60 }]) });
  await post('http://first.example/');
  await post('http://second.example/');
  for (let i = 0; i < 255; i++) await post(`http://${i}.example/`);
  expect(server.sockets).toHaveLength(257);
  await post('http://second.example/');
  expect(server.sockets).toHaveLength(257);
  await post('http://first.example/');
  expect(server.sockets).toHaveLength(258);
});

test('close ends those that wait', async () => {
  const server = await receiver(OK);
  const { post, safeFetch: fetch } = safeFetch(server.port);
  await post();
  const gone = once(server.sockets[0], 'close');
  await fetch.close();
  expect(await gone).toEqual([false]);
});

test('says what the receiver’s clock says and how long it took', async () => {
  const server = await receiver(OK.replace('\r\n', '\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-A: 1\r\nx-a: 2\r\n'));
  const { date, headers, latencyMs, body } = await safeFetch(server.port).post();
  expect({ date, headers, body: body.toString() }).toEqual({
    date: Date.UTC(1994, 10, 6, 8, 49, 37),
    headers: { date: 'Sun, 06 Nov 1994 08:49:37 GMT', 'x-a': '1, 2', 'content-length': '2' },
    body: 'ok',
  });
  expect(latencyMs).toBeGreaterThanOrEqual(0);
});

test('posts to this machine where that is allowed, and only there', async () => {
  const server = await receiver(OK);
  const local = new SafeFetch({ allowLoopback: true });
  const post = (host: string) => local.post({ url: `http://${host}:${server.port}/`, body: '{}', timeoutMs: 1_000 });
  expect((await post('127.0.0.1')).status).toBe(200);
  expect(await post('localhost')).toMatchObject({ status: 200, address: '127.0.0.1' });
  await local.close();
  const refused = new SafeFetch({ allowHttp: true, ports: [server.port] }).post({
    url: `http://127.0.0.1:${server.port}/`,
    body: '',
    timeoutMs: 1_000,
  });
  await expect(refused).rejects.toMatchObject({ failure: 'refused-address', mayHaveArrived: false });
  expect(server.requests).toHaveLength(2);
});

test('an URL that is not allowed is refused as at registration', async () => {
  const fetch = new SafeFetch();
  const fault = 'must be an https URL of a public host, without user and password, got the host "10.0.0.1"';
  expect(fetch.urlFault('https://10.0.0.1/')).toBe(fault);
  await expect(fetch.post({ url: 'https://10.0.0.1/', body: '', timeoutMs: 1_000 })).rejects.toThrow(`SafeFetch.post: url ${fault}`);
  expect(fetch.urlFault('https://example.com/')).toBeUndefined();
});

test('a size of bodies that is no size is refused', () => {
  expect(() => new SafeFetch({ maxResponseBytes: -1 })).toThrow('maxResponseBytes must be a whole number of bytes, got -1');
});
