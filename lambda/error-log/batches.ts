import type { LogEvent } from './subscription-message';

const MOST_EVENTS = 10_000;
const MOST_BYTES = 1_048_576;
const EVENT_OVERHEAD_BYTES = 26;
const LONGEST_SPAN_MS = 24 * 60 * 60 * 1_000;

/** Splits events into what one PutLogEvents takes: in order of time, at most 10,000, 1,048,576 bytes and less than 24 hours. */
export function batches(events: readonly LogEvent[]): LogEvent[][] {
  const result: LogEvent[][] = [];
  let batch: LogEvent[] = [];
  let bytes = 0;
  for (const event of events.toSorted((one, other) => one.timestamp - other.timestamp)) {
    const size = Buffer.byteLength(event.message) + EVENT_OVERHEAD_BYTES;
    const isFull = batch.length === MOST_EVENTS || bytes + size > MOST_BYTES || event.timestamp - batch[0]?.timestamp >= LONGEST_SPAN_MS;
    if (batch.length === 0 || isFull) {
      batch = [];
      bytes = 0;
      result.push(batch);
    }
    batch.push(event);
    bytes += size;
  }
  return result;
}
