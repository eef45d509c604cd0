import { setTimeout as sleep } from 'node:timers/promises';

/** The time that schedules go by. */
export interface LocalClock {
  now(): number;
  /** Resolves after so many milliseconds, or at once when it is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: LocalClock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
};
