import type { Outcome } from '../function/function-process';
import type { LocalClock } from './clock';
import type { MessageQueue, ReceivedMessage } from './queue-client';
import { eventOf, failedOf } from './records';
import type { EventSourceModel } from './triggers';

export interface EventSourceOptions {
  readonly model: Pick<EventSourceModel, 'batchSize' | 'windowMs' | 'concurrency' | 'reportsFailures'>;
  readonly queue: MessageQueue;
  readonly arn: string;
  readonly region: string;
  readonly clock: LocalClock;
  readonly invoke: (event: unknown) => Promise<Outcome>;
  readonly onFailure: (message: string) => void;
}

const LONGEST_WAIT_SECONDS = 20;
/** After a call of the queue that failed. */
const PAUSE_MS = 1_000;

/**
 * Hands the messages of a queue to a function, a batch at a time. What the function did not fail is deleted; the rest comes again once
 * its visibility timeout is over, or goes where the queue sends what was received too often.
 */
export class EventSource {
  private readonly stopping = new AbortController();
  private readonly working = new Set<Promise<void>>();
  private polling: Promise<void> = Promise.resolve();

  constructor(private readonly options: EventSourceOptions) {}

  start(): void {
    this.polling = this.poll();
  }

  /** Takes no more messages; resolves when those that were taken are worked. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.polling;
    await Promise.all(this.working);
  }

  private async poll(): Promise<void> {
    const { model, clock } = this.options;
    const { signal } = this.stopping;
    while (!signal.aborted) {
      if (this.working.size >= model.concurrency) {
        await Promise.race(this.working);
        continue;
      }
      try {
        const batch = await this.gather();
        if (batch.length > 0) this.work(batch);
      } catch (error) {
        if (signal.aborted) return;
        this.fail(`the queue must give messages, got ${String(error)}`);
        await clock.sleep(PAUSE_MS, signal);
      }
    }
  }

  /** A batch: what is there, and what comes within the window, which begins with the first message. */
  private async gather(): Promise<readonly ReceivedMessage[]> {
    const { model, queue, clock } = this.options;
    const { signal } = this.stopping;
    const batch = [...(await queue.receive(model.batchSize, LONGEST_WAIT_SECONDS, signal))];
    const until = clock.now() + model.windowMs;
    while (batch.length > 0 && batch.length < model.batchSize && !signal.aborted) {
      const waitSeconds = Math.min(LONGEST_WAIT_SECONDS, Math.floor((until - clock.now()) / 1_000));
      const more = await queue.receive(model.batchSize - batch.length, Math.max(0, waitSeconds), signal);
      batch.push(...more);
      if (more.length === 0 && waitSeconds <= 0) break;
    }
    return batch;
  }

  private work(batch: readonly ReceivedMessage[]): void {
    const done = this.hand(batch)
      .catch((error: unknown) => this.fail(String(error)))
      .finally(() => this.working.delete(done));
    this.working.add(done);
  }

  private async hand(batch: readonly ReceivedMessage[]): Promise<void> {
    const { model, queue, arn, region, invoke } = this.options;
    const outcome = await invoke(eventOf(batch, arn, region));
    if (!outcome.ok) {
      this.fail(`${outcome.errorType}: ${outcome.errorMessage}`);
      return;
    }
    const failed = model.reportsFailures ? failedOf(outcome.value, batch) : [];
    const worked = batch.filter((message) => !failed.includes(message));
    if (worked.length > 0) await queue.remove(worked);
  }

  /** Tells of a failure, but for one that the end of the run is the reason of. */
  private fail(message: string): void {
    if (!this.stopping.signal.aborted) this.options.onFailure(message);
  }
}
