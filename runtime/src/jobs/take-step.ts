import { isFinal, type Job } from './job';
import type { JobContext } from './job-context';
import { type Refusal, type Step, told } from './transitions';

/** The job after a step, and why the step was refused, if it was. */
export interface StepResult {
  readonly job?: Job;
  readonly refusal?: Refusal;
}

const MOST_TRIES = 50;

/** A job's row was written by others again and again between reading and writing. */
export class JobContentionError extends Error {
  readonly code = 'job-contention';

  constructor(id: string) {
    super(`${id}: must be written within ${MOST_TRIES} tries, got another write before each; send the request again`);
    this.name = 'JobContentionError';
  }
}

/** Reads a job, decides, and writes on the condition that nothing was written since; decides anew when something was. */
export async function takeStep(context: JobContext, id: string, decide: (job: Job, now: number) => Step): Promise<StepResult> {
  let tried: { readonly before: Job; readonly after: Job; readonly refusal?: Refusal } | undefined;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const before = await context.store.read(id);
    // The write before was ours after all: its answer was lost and it was sent again.
    if (tried && before?.revision === tried.after.revision) return taken(context, tried);
    if (!before) return { refusal: 'not-found' };
    const { job, refusal } = decide(before, context.clock.now());
    if (!job) return { job: before, refusal };
    tried = { before, after: { ...job, revision: context.random(12) }, refusal };
    if (await context.store.replace(tried.after, before.revision)) return taken(context, tried);
  }
  throw new JobContentionError(id);
}

async function taken(context: JobContext, { before, after, refusal }: { before: Job; after: Job; refusal?: Refusal }): Promise<StepResult> {
  const change = Number(after.state === 'queued') - Number(before.state === 'queued');
  const isSent = after.state === 'queued' && (change > 0 || after.sends > before.sends);
  await Promise.all([
    change === 0 ? undefined : context.count(after, change > 0 ? 1 : -1),
    isSent ? context.send(after) : undefined,
    after.state === 'succeeded' && !isFinal(before) ? context.recordDuration(after) : undefined,
  ]);
  // Last: what is told is done.
  const isTold = after.isUntold && (!isFinal(before) || after.sends > before.sends);
  const noted = isTold ? await context.tell(after, () => takeStep(context, after.id, told)) : undefined;
  return { job: noted?.job ?? after, refusal };
}
