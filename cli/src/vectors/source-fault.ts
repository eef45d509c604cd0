/** An export that cannot be read: exit code 1. */
export class SourceFault extends Error {
  readonly code = 'source';
}
