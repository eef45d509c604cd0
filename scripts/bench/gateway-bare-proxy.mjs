// What the gateway is measured against: the least a proxy on Node's http can do. It checks, limits and logs nothing.
import { Agent, request } from 'node:http';
import { createServer } from 'node:https';

const agent = new Agent({ keepAlive: true });
const port = Number(process.env.APP_PORT);

const server = createServer({ ...JSON.parse(process.env.CERTIFICATE), keepAliveTimeout: 65_000 }, (incoming, outgoing) => {
  const { method, url, headers } = incoming;
  const upstream = request({ host: '127.0.0.1', port, agent, method, path: url, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode, answer.headers);
    answer.pipe(outgoing);
  });
  upstream.on('error', () => outgoing.destroy());
  incoming.pipe(upstream);
});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));
