// What fans out and delivers: told of hints by the queue's process, it says when each is done with. It may be killed at any time.
import { runtime, world } from './world.mjs';

const tell = (message) => new Promise((resolve, reject) => process.send(message, (error) => (error ? reject(error) : resolve())));
const messages = {
  fanOut: (hint) => tell({ type: 'hint', hint: { kind: 'fan-out', ...hint }, delayMs: 0 }),
  deliver: (hint, delayMs) => tell({ type: 'hint', hint: { kind: 'deliver', ...hint }, delayMs }),
};
const { webhooks, sealer } = world({ messages });
const fetch = new (runtime('safe-fetch').SafeFetch)({ allowLoopback: true });
const deliverer = new (runtime('webhooks').Deliverer)({ webhooks, sealer, fetch });

async function work({ id, hint }) {
  try {
    if (hint.kind === 'fan-out') await webhooks.fanOut(hint.messageId);
    else await deliverer.run(hint.deliveryId, hint.lane);
    await tell({ type: 'done', id });
  } catch (error) {
    // Not said to be done: the queue gives it out again.
    await tell({ type: 'failed', id, error: String(error) });
  }
}

process.on('disconnect', () => process.exit(0));
process.on('message', (message) => void work(message));
await tell({ type: 'ready' });
