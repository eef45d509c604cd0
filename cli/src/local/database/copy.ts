import { type ClientMessage, serverMessage, sqlOf, text } from './wire';

const COPY_IN = /(?:^|;)\s*copy\s[^;]*\sfrom\s+stdin\b/i;
const REFUSAL =
  'COPY FROM STDIN must not be used on the local database, which has one backend and takes no stream from a client; use INSERT of several rows';

/** The same message, but for one that begins to copy a stream into a table: the engine would wait for it for ever, so it raises an error. */
export function withoutCopyIn(message: ClientMessage): ClientMessage {
  const sql = sqlOf(message);
  if (sql === undefined || !COPY_IN.test(sql)) return message;
  const raise = text(`DO $$ BEGIN RAISE feature_not_supported USING MESSAGE = '${REFUSAL}'; END $$`);
  const { type, bytes } = message;
  if (type === 'Q') return { type, bytes: serverMessage(type, raise) };
  const name = bytes.subarray(5, bytes.indexOf(0, 5) + 1);
  return { type, bytes: serverMessage(type, name, raise, Buffer.alloc(2)) };
}
