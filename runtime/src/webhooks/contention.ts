import type { Clock } from '../resilience/clock';

export const MOST_TRIES = 50;
const AT_ONCE = 3;
const LONGEST_WAIT_MS = 100;

/** A row was written by others again and again between reading and writing. */
export class WebhookContentionError extends Error {
  readonly code = 'webhook-contention';

  constructor(id: string) {
    super(`${id}: must be written within ${MOST_TRIES} tries, got another write before each; do it again`);
    this.name = 'WebhookContentionError';
  }
}

/** Before another try: at once a few times, then for a random while, so that those who meet part. */
export async function partWays(tries: number, clock: Clock, random: () => number): Promise<void> {
  if (tries > AT_ONCE) await clock.sleep(Math.ceil(random() * Math.min(LONGEST_WAIT_MS, 2 ** (tries - AT_ONCE))));
}
