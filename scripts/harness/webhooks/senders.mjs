import { setTimeout as sleep } from 'node:timers/promises';

const AT_ONCE = 16;

/** Sender processes of which one dies, at once and without a word, whenever another share of the deliveries is there; another takes its place. */
export class Senders {
  kills = [];
  failures = [];
  running = [];

  constructor({ start, count, queue, clock, random, kills, deliveries }) {
    Object.assign(this, { start, queue, clock, random });
    this.killAt = Array.from({ length: kills }, () => Math.ceil(random() * deliveries * 0.97)).toSorted((one, other) => one - other);
    this.running = Array.from({ length: count }, () => this.begin());
    this.timer = setInterval(() => this.handOut(), 5);
  }

  begin() {
    const sender = { child: this.start('sender.mjs'), held: new Map(), isReady: false };
    sender.child.on('message', ({ type, id, hint, delayMs, error }) => {
      if (type === 'ready') sender.isReady = true;
      else if (type === 'hint') this.queue.send(hint, delayMs);
      else {
        sender.held.delete(id);
        if (type === 'done') this.queue.done(id);
        else this.failures.push(error);
      }
    });
    return sender;
  }

  handOut() {
    for (const sender of this.running) {
      while (sender.isReady && sender.child.connected && sender.held.size < AT_ONCE) {
        const taken = this.queue.take();
        if (!taken) return;
        sender.held.set(taken.id, taken.hint);
        sender.child.send(taken, () => {});
      }
    }
  }

  async onDelivered(count) {
    while (this.killAt.length > 0 && this.killAt[0] <= count) {
      this.killAt.shift();
      await sleep(this.random() * 30);
      await this.kill();
    }
  }

  /** Of those that are at work: to kill one that has nothing would show nothing. */
  async kill() {
    let busy = [];
    while ((busy = this.running.filter(({ held }) => held.size > 0)).length === 0) await sleep(1);
    const victim = busy[Math.floor(this.random() * busy.length)];
    victim.child.kill('SIGKILL');
    this.kills.push({ at: this.clock.now(), held: [...victim.held.values()].flatMap(({ deliveryId }) => deliveryId ?? []) });
    this.running[this.running.indexOf(victim)] = this.begin();
  }

  stop() {
    clearInterval(this.timer);
  }
}
