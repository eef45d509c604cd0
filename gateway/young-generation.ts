import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const COLLECT_EVERY_BYTES = 2 * 1024 * 1024;

/** Told of the bytes of bodies that pass. */
export type PassedBytes = (bytes: number) => void;

/**
 * Collects the young generation after every 2 MB of bodies. Their buffers lie outside V8's heap and weigh little on it, so that V8
 * alone lets tens of megabytes of dead ones stand; a young collection costs well under a millisecond.
 */
export function collectorOfPassedBytes(collect: () => void = youngCollection()): PassedBytes {
  let since = 0;
  return (bytes) => {
    since += bytes;
    if (since < COLLECT_EVERY_BYTES) return;
    since = 0;
    collect();
  };
}

/**
 * Keeps every new object in the young generation. V8 counts where long-lived arrays are made and then makes them old from the start; those
 * of a request's headers are taken for such under load, hold whatever they point to until a full collection, and make each young one
 * several times as long. Call it before there is load: code that was compiled before keeps what it guessed.
 */
export function keepNewObjectsYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}

function youngCollection(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('() => gc({ type: "minor" })');
  if (typeof collect !== 'function') throw new Error('gateway: V8 must give its collector, got none; run it on Node 20 or later');
  return () => void collect();
}
