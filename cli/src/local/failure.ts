/** The run cannot go on; the message says what stopped it. */
export class LocalFailure extends Error {
  readonly code = 'local-run-failed';
}
