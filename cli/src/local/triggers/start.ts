import { setTimeout as sleep } from 'node:timers/promises';
import type { Engines } from '../aws/engines';
import type { Tell } from '../events';
import type { Functions } from '../function/functions';
import { keyOf, type StageModel } from '../model/stage-model';
import type { Run } from '../process/run';
import type { LocalClock } from './clock';
import { EventSource } from './event-source';
import { QueueClient } from './queue-client';
import { runSchedule } from './schedule';
import type { EventSourceModel, ScheduleModel, Triggers } from './triggers';

export interface TriggerSources {
  readonly model: StageModel;
  readonly run: Run;
  readonly functions: Functions;
  readonly engines: Engines;
  readonly region: string;
  readonly clock: LocalClock;
  readonly tell: Tell;
}

/** Batches that are being worked when the run ends have this long. */
const STOP_WITHIN_MS = 5_000;

/** Lets queues and clocks call their functions for as long as the run lasts. */
export function startTriggers({ eventSources, schedules, notes }: Triggers, sources: TriggerSources): void {
  const { run, tell } = sources;
  for (const note of notes) tell({ event: 'note', note });
  const started = eventSources.map((one) => eventSource(one, sources));
  const stopping = new AbortController();
  for (const one of schedules) startSchedule(one, sources, stopping.signal);
  run.onStop(async () => {
    stopping.abort();
    await Promise.race([Promise.all(started.map((one) => one.stop())), sleep(STOP_WITHIN_MS, undefined, { ref: false })]);
  });
  for (const one of started) one.start();
}

function eventSource(trigger: EventSourceModel, { model, functions, engines, region, clock, tell }: TriggerSources): EventSource {
  const { resource, queue, called, batchSize, concurrency } = trigger;
  const { url, arn } = engines.queues.get(keyOf(queue.reference))!;
  const emulator = { url: engines.environment.AWS_ENDPOINT_URL_SQS, region };
  model.standFor(resource);
  tell({ event: 'runs', name: 'function', what: `${called.id} for ${queue.id}, ${batchSize} messages at once, ${concurrency} times` });
  return new EventSource({
    model: trigger,
    queue: new QueueClient(url, emulator),
    arn,
    region,
    clock,
    invoke: (event) => functions.call(called, event),
    onFailure: (message) => tell({ event: 'note', note: `${called.id} failed messages of ${queue.id}: ${message}` }),
  });
}

function startSchedule(trigger: ScheduleModel, { model, functions, region, clock, tell }: TriggerSources, signal: AbortSignal): void {
  const { resource, called, everyMs } = trigger;
  model.standFor(resource);
  tell({ event: 'runs', name: 'function', what: `${called.id} by the clock, every ${everyMs / 60_000} min` });
  const source = { region, arn: `arn:aws:scheduler:${region}:000000000000:schedule/default/${resource.id}` };
  void runSchedule(
    {
      model: trigger,
      source,
      clock,
      invoke: (event) => functions.call(called, event),
      onFailure: (message) => tell({ event: 'note', note: `${called.id} failed by the clock: ${message}` }),
    },
    signal,
  );
}
