import { randomUUID } from 'node:crypto';
import { DATABASE_CHANGES } from '../database/database';
import { LocalFailure } from '../failure';
import { isObject } from '../../../../lib/assembly';
import { type StageModel, type StageResource, textOf } from '../model/stage-model';
import type { EnvironmentSources } from '../process/container';
import type { Run } from '../process/run';
import { functionEnvironment, layersOf } from './environment';
import { type FunctionModel, functionOf } from './function-model';
import { FunctionProcess, type Outcome } from './function-process';
import { ResponseServer } from './response-server';

const TYPE = 'Custom::DatabaseBootstrap';

export interface BootstrapSources extends EnvironmentSources {
  readonly model: StageModel;
  readonly run: Run;
}

/** Runs the template's own functions that bring a database to what the app needs of it, as CloudFormation would. */
export async function bootstrapDatabase(sources: BootstrapSources): Promise<void> {
  for (const resource of sources.model.ofType(TYPE)) {
    const called = functionOf(sources.model, resource.id, resource.properties.ServiceToken);
    sources.model.standFor(resource);
    await create(resource, called, sources);
  }
}

async function create(resource: StageResource, called: FunctionModel, sources: BootstrapSources): Promise<void> {
  const { values } = sources;
  const responses = new ResponseServer();
  await responses.start();
  const layers = layersOf(called.layers);
  const lines: string[] = [];
  try {
    const properties = texts(values.resolve(resource.stack.id, resource.template.Properties ?? {}).value);
    const event = {
      RequestType: 'Create',
      RequestId: randomUUID(),
      ResponseURL: responses.url,
      ResourceType: resource.type,
      LogicalResourceId: resource.id,
      StackId: textOf(values.resolve(resource.stack.id, { Ref: 'AWS::StackId' }).value),
      ResourceProperties: properties,
    };
    const outcome = await invokeOnce(called, layers.folder, event, lines, sources);
    const { answer } = responses;
    if (answer?.Status === 'SUCCESS') {
      const changes = textOf(answer.Data?.Changes) ?? '0';
      sources.tell({ event: 'runs', name: 'bootstrap', what: `${called.resource.id} of the assembly, once: ${changes} changes` });
      return;
    }
    for (const line of lines) sources.tell({ event: 'log', container: 'bootstrap', line });
    const how = outcome.ok ? 'an end' : outcome.errorMessage;
    const got = answer ? (answer.Reason ?? 'no reason') : `${how} and no answer`;
    throw new LocalFailure(`${resource.id} must bring the database up, got ${got}; see its log above`);
  } finally {
    layers.remove();
    await responses.stop();
  }
}

/** One event in a process that goes with it. */
async function invokeOnce(
  called: FunctionModel,
  layers: string,
  event: object,
  lines: string[],
  sources: BootstrapSources,
): Promise<Outcome> {
  const { id } = called.resource;
  const process = new FunctionProcess({
    model: called,
    name: id,
    environment: functionEnvironment(called, id, layers, sources, DATABASE_CHANGES),
    spawn: (options) => sources.run.spawn(options),
    onLine: (line) => void lines.push(line),
  });
  try {
    return await sources.run.within(process.invoke(event));
  } finally {
    await process.stop();
  }
}

/** CloudFormation hands numbers and flags on as text. */
function texts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(texts);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, texts(one)]));
  return textOf(value) ?? value;
}
