import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** A receiver that takes everything, and remembers how often and under which ids each body came to each endpoint. */
export class Receiver {
  posts = 0;
  /** `endpoint n`: { posts, ids }. */
  got = new Map();

  constructor(random, onPost) {
    this.random = random;
    this.onPost = onPost;
  }

  async start() {
    this.server = createServer((request, response) => void this.answer(request, response));
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${this.server.address().port}`;
  }

  async answer(request, response) {
    // A body that never came whole is no post: the receiver's framework would drop it.
    const body = await json(request).catch(() => undefined);
    if (body === undefined) return;
    const key = `${request.url.slice(1)} ${body.n}`;
    const entry = this.got.get(key) ?? { posts: 0, ids: new Set() };
    this.got.set(key, entry);
    entry.posts += 1;
    entry.ids.add(request.headers['webhook-id']);
    this.onPost((this.posts += 1), this.got.size);
    await sleep(this.random() < 0.02 ? 100 + this.random() * 400 : this.random() * 20);
    response.end('ok');
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}
