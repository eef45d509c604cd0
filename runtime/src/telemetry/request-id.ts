import type { HexIds } from './hex-ids';

const ACCEPTED = /^[\w.:+=/@-]{1,128}$/;

/** The caller's request id when it is fit for a log line and a header, else a new one. */
export function requestIdOf(given: string | undefined, ids: HexIds): string {
  return given !== undefined && ACCEPTED.test(given) ? given : ids.next(16);
}
