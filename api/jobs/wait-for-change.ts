import { type Clock, isFinal, type Job } from 'plinth-runtime/jobs';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2000;
const GROWTH = 1.5;

/** Waits that one process holds at once; more are answered at once. */
export const MOST_WAITING = 1000;

/** Reads a job again and again, ever less often, until it changes, is final, time is up or the caller left. */
export class ChangeWaiter {
  private waiting = 0;

  async wait(
    read: () => Promise<Job | undefined>,
    first: Job,
    {
      waitMs,
      knownRevision = first.revision,
      clock,
      signal,
    }: { waitMs: number; knownRevision?: string; clock: Clock; signal: AbortSignal },
  ): Promise<Job | undefined> {
    if (this.waiting >= MOST_WAITING) return first;
    this.waiting += 1;
    try {
      const until = clock.now() + waitMs;
      let job: Job | undefined = first;
      for (
        let pause = FIRST_WAIT_MS;
        job && job.revision === knownRevision && !isFinal(job);
        pause = Math.min(LONGEST_WAIT_MS, pause * GROWTH)
      ) {
        const left = until - clock.now();
        if (left <= 0 || !(await slept(Math.min(pause, left), clock, signal))) return job;
        job = await read();
      }
      return job;
    } finally {
      this.waiting -= 1;
    }
  }
}

async function slept(ms: number, clock: Clock, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  try {
    await clock.sleep(ms, signal);
    return true;
  } catch {
    return false;
  }
}
