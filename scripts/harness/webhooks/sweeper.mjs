// The sweeper: every minute of the clock.
import { runtime, world } from './world.mjs';

const tell = (message) => new Promise((resolve, reject) => process.send(message, (error) => (error ? reject(error) : resolve())));
const messages = {
  fanOut: (hint) => tell({ type: 'hint', hint: { kind: 'fan-out', ...hint }, delayMs: 0 }),
  deliver: (hint, delayMs) => tell({ type: 'hint', hint: { kind: 'deliver', ...hint }, delayMs }),
};
const { webhooks, clock } = world({ messages });
const sweeper = new (runtime('webhooks').WebhookSweeper)({
  webhooks,
  onFailure: (due, error) => console.error('sweeper:', due.type, String(error)),
});

process.on('disconnect', () => process.exit(0));
for (;;) {
  await sweeper.sweep(clock.now() + 50_000);
  await clock.sleep(10_000);
}
