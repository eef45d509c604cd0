// The built sweeper, every second in the place of every minute.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const { handler } = createRequire(import.meta.url)(join(here, '..', '..', '..', 'dist', 'lambda', 'job-sweeper', 'index.js'));
if (process.env.QUIET) console.info = console.warn = () => {};

for (;;) {
  const ends = Date.now() + 30_000;
  await handler({}, { getRemainingTimeInMillis: () => ends - Date.now() });
  await sleep(1000);
}
