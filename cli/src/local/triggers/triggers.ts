import { fieldsOf, listOf, numberOf, type StageModel, type StageResource, textOf } from '../model/stage-model';
import { needsElsewhere } from './needs';

/** A queue whose messages a function takes. */
export interface EventSourceModel {
  readonly resource: StageResource;
  readonly queue: StageResource;
  readonly called: StageResource;
  readonly batchSize: number;
  /** How long a batch may be gathered. */
  readonly windowMs: number;
  /** How many batches are worked at once, at most. */
  readonly concurrency: number;
  /** Whether an answer names the messages that failed. */
  readonly reportsFailures: boolean;
}

/** A function that is called by the clock. */
export interface ScheduleModel {
  readonly resource: StageResource;
  readonly called: StageResource;
  readonly everyMs: number;
  /** As the schedule has it, JSON. */
  readonly input?: string;
}

export interface Triggers {
  readonly eventSources: readonly EventSourceModel[];
  readonly schedules: readonly ScheduleModel[];
  /** What of them does not run here, and why. */
  readonly notes: readonly string[];
}

/** As many batches at once as Lambda begins with. */
const DEFAULT_CONCURRENCY = 5;
const DEFAULT_BATCH_SIZE = 10;
const UNITS: { readonly [unit: string]: number } = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** What calls the functions of a stage by itself: every queue of an event source, and clocks of functions that need nothing but what runs here. */
export function triggersOf(model: StageModel): Triggers {
  const notes: string[] = [];
  const eventSources = model.ofType('AWS::Lambda::EventSourceMapping').flatMap((resource) => eventSourceOf(model, resource, notes) ?? []);
  const schedules = clocksOf(model).flatMap((clock) => scheduleOf(model, clock, notes) ?? []);
  return { eventSources, schedules, notes };
}

/** The function on Node.js that a value names, or whose version or alias it names. */
export function calledBy(model: StageModel, named: unknown): StageResource | undefined {
  const resource = model.named(named);
  const isName = resource?.type === 'AWS::Lambda::Alias' || resource?.type === 'AWS::Lambda::Version';
  const called = isName ? model.named(resource.properties.FunctionName) : resource;
  const runs = called?.type === 'AWS::Lambda::Function' && (textOf(called.properties.Runtime) ?? 'nodejs').startsWith('nodejs');
  return runs ? called : undefined;
}

function eventSourceOf(model: StageModel, resource: StageResource, notes: string[]): EventSourceModel | undefined {
  const {
    EventSourceArn,
    FunctionName,
    Enabled,
    BatchSize,
    MaximumBatchingWindowInSeconds,
    ScalingConfig,
    FunctionResponseTypes,
    FilterCriteria,
  } = resource.properties;
  const [queue, called] = [model.named(EventSourceArn), calledBy(model, FunctionName)];
  if (queue?.type !== 'AWS::SQS::Queue' || !called) {
    notes.push(`${resource.id} does not run: its source must be a queue and its target a function on Node.js, both of the assembly`);
    return undefined;
  }
  if (Enabled === false || Enabled === 'false') {
    notes.push(`${resource.id} does not run: the template disables it`);
    return undefined;
  }
  if (FilterCriteria !== undefined) notes.push(`${resource.id} takes every message: its FilterCriteria is not applied here`);
  const needs = needsElsewhere(model, called);
  if (needs.length > 0) notes.push(`${called.id} needs ${needs.join(', ')}, which nothing local stands for`);
  return {
    resource,
    queue,
    called,
    batchSize: numberOf(BatchSize, DEFAULT_BATCH_SIZE),
    windowMs: numberOf(MaximumBatchingWindowInSeconds, 0) * 1_000,
    concurrency: numberOf(fieldsOf(ScalingConfig).MaximumConcurrency, DEFAULT_CONCURRENCY),
    reportsFailures: Array.isArray(FunctionResponseTypes) && FunctionResponseTypes.includes('ReportBatchItemFailures'),
  };
}

interface Clock {
  readonly resource: StageResource;
  readonly expression: string;
  readonly target: ReturnType<typeof fieldsOf>;
}

function clocksOf(model: StageModel): Clock[] {
  const schedules = model
    .ofType('AWS::Scheduler::Schedule')
    .map((resource) => ({ resource, target: fieldsOf(resource.properties.Target) }));
  const rules = model
    .ofType('AWS::Events::Rule')
    .flatMap((resource) => listOf(resource.properties.Targets).map((target) => ({ resource, target })));
  return [...schedules, ...rules].flatMap(({ resource, target }) => {
    const expression = textOf(resource.properties.ScheduleExpression);
    return expression === undefined || resource.properties.State === 'DISABLED' ? [] : [{ resource, target, expression }];
  });
}

function scheduleOf(model: StageModel, { resource, target, expression }: Clock, notes: string[]): ScheduleModel | undefined {
  const called = calledBy(model, target.Arn);
  if (!called) return undefined;
  const needs = needsElsewhere(model, called);
  const everyMs = periodOf(expression);
  if (needs.length > 0) notes.push(`${called.id} is not called by the clock: it needs ${needs.join(', ')}, which nothing local stands for`);
  else if (everyMs === undefined)
    notes.push(`${called.id} is not called by the clock: its schedule must be a rate to run here, got ${expression}`);
  else return { resource, called, everyMs, input: textOf(target.Input) };
  return undefined;
}

function periodOf(expression: string): number | undefined {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  return count === undefined ? undefined : Number(count) * UNITS[unit];
}
