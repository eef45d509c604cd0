// Takes every post, in a process of its own; the first line tells where.
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  request.resume().once('end', () => response.end('ok'));
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
process.stdin.on('end', () => process.exit(0)).resume();
