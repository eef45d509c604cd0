import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';

interface Held {
  readonly messageId: string;
  readonly body: string;
  received: number;
}

export type Handle = (event: SQSEvent) => Promise<SQSBatchResponse>;

/** A model of a standard queue before a function: batches of ten, partial responses, and a dead-letter queue that can be redriven. */
export class RedrivenQueue {
  private held: Held[] = [];
  private dead: Held[] = [];
  private sent = 0;

  constructor(
    private readonly handle: Handle,
    private readonly maxReceiveCount: number,
  ) {}

  send(...bodies: string[]): void {
    for (const body of bodies) this.held.push({ messageId: `m-${(this.sent += 1)}`, body, received: 0 });
  }

  get deadLetters(): string[] {
    return this.dead.map(({ body }) => body);
  }

  /** Gives out what is there, and again what comes back, until nothing is there. Answers how many were given out. */
  async drain(): Promise<number> {
    let given = 0;
    while (this.held.length > 0) {
      const batch = this.held.splice(0, 10);
      for (const message of batch) message.received += 1;
      given += batch.length;
      const records = batch.map(({ messageId, body }) => ({ messageId, body }));
      const { batchItemFailures } = await this.handle({ Records: records } as SQSEvent);
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      const back = batch.filter(({ messageId }) => failed.has(messageId));
      this.dead.push(...back.filter(({ received }) => received >= this.maxReceiveCount));
      this.held.push(...back.filter(({ received }) => received < this.maxReceiveCount));
    }
    return given;
  }

  /** Moves what is dead back to where it came from, as an operator does; it counts from the beginning. */
  redrive(): void {
    this.held.push(...this.dead.splice(0).map((message) => ({ ...message, received: 0 })));
  }
}
