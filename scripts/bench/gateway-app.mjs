// The app of the gateway benchmark: one small JSON answer, over plain HTTP, and over TLS for the direct rounds.
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';

const body = JSON.stringify({ items: Array.from({ length: 20 }, (_, index) => ({ id: index, name: `item ${index}` })) });
const headers = { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)) };
const answer = (_request, response) => response.writeHead(200, headers).end(body);

const plain = createServer({ keepAliveTimeout: 120_000 }, answer).listen(0, '127.0.0.1');
const secure = createSecureServer({ ...JSON.parse(process.env.CERTIFICATE), keepAliveTimeout: 120_000 }, answer).listen(0, '127.0.0.1');
await Promise.all([plain, secure].map((server) => new Promise((resolve) => server.once('listening', resolve))));
console.log(JSON.stringify({ port: plain.address().port, securePort: secure.address().port }));
