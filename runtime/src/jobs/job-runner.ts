import type { Job, JsonValue } from './job';
import { Heartbeat } from './job-heartbeat';
import type { Jobs } from './jobs';
import { type JobProcessor, JobProcessorError, type ProcessorFailure } from './processor';
import { INLINE_RESULT_BYTES, type ResultStore } from './result-store';
import type { Outcome, Refusal } from './transitions';

export interface JobRunnerOptions {
  readonly jobs: Jobs;
  readonly processors: ReadonlyMap<string, JobProcessor>;
  /** Without it a result over 32 KB fails its job. */
  readonly results?: ResultStore;
  /** Told what a processor threw, and what became of an attempt. */
  readonly onEnd?: (end: AttemptEnd) => void;
}

export interface AttemptEnd {
  readonly jobId: string;
  readonly outcome: RunOutcome;
  readonly attempt?: number;
  readonly durationMs?: number;
  readonly error?: unknown;
}

/** What became of a message: its job's state after the attempt, or why there was none or it was refused. */
export type RunOutcome = 'succeeded' | 'failed' | 'retried' | 'cancelled' | Refusal;

/** The largest result, in bytes of JSON. */
export const MAX_RESULT_BYTES = 5 * 1024 * 1024;

/** Does what a message hints at: claims the job, beats while its processor runs, and writes what it came to. */
export class JobRunner {
  constructor(private readonly options: JobRunnerOptions) {}

  /** @param signal aborts when the worker must end: the attempt is given back for another. Throws when the store fails; the message is to come again. */
  async run(jobId: string, signal: AbortSignal): Promise<RunOutcome> {
    const { jobs, onEnd } = this.options;
    const { job, refusal } = await jobs.claim(jobId);
    if (refusal || !job?.lease) {
      onEnd?.({ jobId, outcome: refusal ?? 'not-found' });
      return refusal ?? 'not-found';
    }
    const startedAt = jobs.context.clock.now();
    const { outcome, error } = await this.attempt(job, job.lease.token, signal);
    onEnd?.({ jobId, outcome, attempt: job.attempt, durationMs: jobs.context.clock.now() - startedAt, error });
    return outcome;
  }

  private async attempt(job: Job, token: string, signal: AbortSignal): Promise<{ outcome: RunOutcome; error?: unknown }> {
    const beat = new Heartbeat(this.options.jobs, job, token);
    try {
      const result = await this.process(job, beat, signal);
      const ended = await this.succeed(job, token, result);
      return { outcome: ended };
    } catch (error) {
      const refusal = beat.refusal;
      if (refusal !== undefined && refusal !== 'cancelled') return { outcome: refusal, error };
      if (refusal === 'cancelled') return { outcome: await this.finish(job.id, token, { type: 'cancelled' }), error };
      return { outcome: await this.fail(job.id, token, failureOf(error, signal)), error };
    } finally {
      beat.stop();
    }
  }

  private async process(job: Job, beat: Heartbeat, signal: AbortSignal): Promise<JsonValue> {
    const processor = this.options.processors.get(job.kind);
    if (!processor) throw noProcessor(job.kind);
    const ends = AbortSignal.any([signal, beat.signal]);
    ends.throwIfAborted();
    const aborted = new Promise<never>((_resolve, reject) => {
      ends.addEventListener('abort', () => reject(ends.reason as Error), { once: true });
    });
    beat.start();
    const report = (progress: number, stage?: string) => beat.report(progress, stage);
    // One that does not listen is left behind: what it writes later is refused by its fence.
    return Promise.race([processor.process({ job, fence: job.attempt, signal: ends, report }), aborted]);
  }

  private async succeed(job: Job, token: string, result: JsonValue): Promise<RunOutcome> {
    const json = JSON.stringify(result ?? null);
    const bytes = Buffer.byteLength(json);
    if (bytes <= INLINE_RESULT_BYTES) return this.finish(job.id, token, { type: 'succeeded', result: result ?? null });
    const { results } = this.options;
    const most = results ? MAX_RESULT_BYTES : INLINE_RESULT_BYTES;
    if (!results || bytes > most) throw resultTooLarge(bytes, most);
    const resultRef = await results.write({ tenantId: job.tenantId, jobId: job.id, token }, json);
    return this.finish(job.id, token, { type: 'succeeded', resultRef });
  }

  private async finish(id: string, token: string, outcome: Outcome): Promise<RunOutcome> {
    const { refusal } = await this.options.jobs.finish(id, token, outcome);
    return refusal ?? (outcome.type === 'succeeded' ? 'succeeded' : 'cancelled');
  }

  private async fail(id: string, token: string, failure: ProcessorFailure): Promise<RunOutcome> {
    const { job, refusal } = await this.options.jobs.fail(id, token, failure);
    return refusal ?? (job?.state === 'queued' ? 'retried' : 'failed');
  }
}

function failureOf(error: unknown, signal: AbortSignal): ProcessorFailure {
  if (error instanceof JobProcessorError) return error.failure;
  if (signal.aborted) return { code: 'worker-ended', message: 'the worker had to end before the job was done', retryable: true };
  return { code: 'processor-failed', message: 'the processor failed', retryable: true };
}

const noProcessor = (kind: string) =>
  new JobProcessorError({ code: 'no-processor', message: `no processor serves jobs of kind ${kind}`, retryable: true });

const resultTooLarge = (bytes: number, most: number) =>
  new JobProcessorError({ code: 'result-too-large', message: `the result must be at most ${most} bytes, got ${bytes}`, retryable: false });
