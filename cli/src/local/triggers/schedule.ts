import { randomUUID } from 'node:crypto';
import type { Outcome } from '../function/function-process';
import type { LocalClock } from './clock';
import type { ScheduleModel } from './triggers';

export interface ScheduleOptions {
  readonly model: Pick<ScheduleModel, 'everyMs' | 'input'>;
  /** What the function is told of who calls it. */
  readonly source: { readonly region: string; readonly arn: string };
  readonly clock: LocalClock;
  readonly invoke: (event: unknown) => Promise<Outcome>;
  readonly onFailure: (message: string) => void;
}

/** Calls a function each time its period is over until it is aborted; a call that lasts longer delays the next. */
export async function runSchedule({ model, source, clock, invoke, onFailure }: ScheduleOptions, signal: AbortSignal): Promise<void> {
  for (;;) {
    await clock.sleep(model.everyMs, signal);
    if (signal.aborted) return;
    const outcome = await invoke(model.input === undefined ? eventOf(source, clock.now()) : JSON.parse(model.input));
    if (!outcome.ok && !signal.aborted) onFailure(`${outcome.errorType}: ${outcome.errorMessage}`);
  }
}

function eventOf({ region, arn }: ScheduleOptions['source'], now: number) {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account: '000000000000',
    time: new Date(now).toISOString().replace(/\.\d+Z$/, 'Z'),
    region,
    resources: [arn],
    detail: '{}',
  };
}
