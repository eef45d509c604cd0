import type { Database } from 'plinth-runtime/database';
import { type ExportOutcome, type ExportSink, exportVectors } from 'plinth-runtime/vector-export';

export interface Dependencies {
  readonly database: Pick<Database, 'transaction' | 'close'>;
  /** Where the export of a day goes. */
  readonly sinkOf: (date: string) => ExportSink;
  readonly now: () => Date;
  /** What is left of the function's time. */
  readonly remainingMs: () => number;
  readonly log: (line: { readonly [name: string]: unknown }) => void;
}

/** Kept back to write the manifest and to close the connection. */
const RESERVE_MS = 20_000;

/** Exports the day that it is in UTC. */
export async function runExport({ database, sinkOf, now, remainingMs, log }: Dependencies): Promise<ExportOutcome> {
  const date = now().toISOString().slice(0, 10);
  try {
    const outcome = await exportVectors({ database, sink: sinkOf(date), date, remainingMs: () => remainingMs() - RESERVE_MS });
    const tables = outcome.outcome === 'exported' ? outcome.manifest.tables.map(({ name, rows }) => ({ name, rows })) : undefined;
    log({ event: 'vector-export', date, outcome: outcome.outcome, tables });
    return outcome;
  } finally {
    await database.close();
  }
}
