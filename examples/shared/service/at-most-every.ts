import type { Clock } from 'plinth-runtime/resilience';

/** Tells of an error at most once a period: what is away fails with every attempt to reach it, and the log needs to be told, not filled. */
export function atMostEvery(periodMs: number, clock: Clock, tell: (error: Error) => void): (error: Error) => void {
  let toldAt = -Infinity;
  return (error) => {
    if (clock.now() - toldAt < periodMs) return;
    toldAt = clock.now();
    tell(error);
  };
}
