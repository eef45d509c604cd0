export type ExportFault =
  | 'manifest-missing'
  | 'manifest-invalid'
  | 'table-missing'
  | 'table-differs'
  | 'table-not-empty'
  | 'part-missing'
  | 'part-corrupt'
  | 'row-invalid'
  | 'not-verified'
  | 'out-of-time';

/** Why an export or a restore stopped; a restore has changed nothing then. */
export class VectorExportError extends Error {
  override readonly name = 'VectorExportError';

  constructor(
    readonly code: ExportFault,
    message: string,
  ) {
    super(message);
  }
}
