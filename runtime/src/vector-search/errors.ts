/** A row that cannot be stored; nothing of its batch was. */
export class InvalidRowError extends Error {
  readonly code = 'invalid-row';

  constructor(
    /** Its place in what was given, from 0. */
    readonly row: number,
    readonly field: string,
    fault: string,
  ) {
    super(`upsert: row ${row}: ${field} must be ${fault}`);
    this.name = 'InvalidRowError';
  }
}

/** A search that cannot be carried out. */
export class InvalidQueryError extends Error {
  readonly code = 'invalid-query';

  constructor(
    readonly field: string,
    fault: string,
  ) {
    super(`search: ${field} must be ${fault}`);
    this.name = 'InvalidQueryError';
  }
}
