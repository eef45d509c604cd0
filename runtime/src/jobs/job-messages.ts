/** What a worker is told: which job to look at. Everything else it reads from the store. */
export interface JobMessage {
  readonly jobId: string;
  readonly tenantId: string;
}

/** The queue: a hint that a job may be claimed. It may lose, repeat and reorder messages. */
export interface JobMessages {
  /** Sends a message; jobs of one tenant are one fair group. */
  send(message: JobMessage, delayMs: number): Promise<void>;
}
