/** The largest result that is kept in the job's row, in bytes of JSON; a larger one goes to the result store. */
export const INLINE_RESULT_BYTES = 32 * 1024;

/** Where large results lie. */
export interface ResultStore {
  /** Writes a result under a name of its own for each attempt, so that no attempt overwrites another's; answers the reference. */
  write(attempt: { readonly tenantId: string; readonly jobId: string; readonly token: string }, json: string): Promise<string>;
  /** The JSON; nothing when it is gone. */
  read(reference: string): Promise<string | undefined>;
}

/** Results in the memory of one process. */
export class MemoryResultStore implements ResultStore {
  private readonly results = new Map<string, string>();

  async write({ tenantId, jobId, token }: { tenantId: string; jobId: string; token: string }, json: string): Promise<string> {
    const reference = `${tenantId}/${jobId}/${token}`;
    this.results.set(reference, json);
    return reference;
  }

  async read(reference: string): Promise<string | undefined> {
    return this.results.get(reference);
  }
}
