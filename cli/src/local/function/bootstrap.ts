import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATABASE_CHANGES } from '../database/database';
import { entryPoint } from '../entry';
import { LocalFailure } from '../failure';
import { isObject } from '../../../../lib/assembly';
import { type StageModel, type StageResource, textOf } from '../model/stage-model';
import { shownExit } from '../process/child';
import { type EnvironmentSources, resolvedText } from '../process/container';
import type { Run } from '../process/run';
import { type FunctionModel, functionOf } from './function-model';
import type { Invocation } from './main';
import { ResponseServer } from './response-server';

const TYPE = 'Custom::DatabaseBootstrap';
/** Where Lambda lays layers. */
const LAYERS = /^\/opt(?=\/|$)/;

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
  const { run, values } = sources;
  const responses = new ResponseServer();
  await responses.start();
  const layers = layersOf(called.layers);
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
    const invocation: Invocation = {
      folder: called.folder,
      handler: called.handler,
      name: called.resource.id,
      event,
      timeoutMs: called.timeoutMs,
    };
    const exit = await run.once(
      {
        name: 'bootstrap',
        command: [process.execPath, entryPoint('local-function.js')],
        cwd: called.folder,
        environment: environmentOf(called, layers.folder, sources),
        input: JSON.stringify(invocation),
      },
      called.timeoutMs,
    );
    const { answer } = responses;
    if (answer?.Status === 'SUCCESS') {
      const changes = textOf(answer.Data?.Changes) ?? '0';
      sources.tell({ event: 'runs', name: 'bootstrap', what: `${called.resource.id} of the assembly, once: ${changes} changes` });
      return;
    }
    for (const line of exit.lines) sources.tell({ event: 'log', container: 'bootstrap', line });
    const got = answer ? (answer.Reason ?? 'no reason') : `${shownExit(exit)} and no answer`;
    throw new LocalFailure(`${resource.id} must bring the database up, got ${got}; see its log above`);
  } finally {
    layers.remove();
    await responses.stop();
  }
}

function environmentOf({ resource, environment }: FunctionModel, layers: string, sources: BootstrapSources): { [name: string]: string } {
  const resolved = Object.entries(environment).map(([name, value]) => {
    const text = resolvedText(`bootstrap: ${name}`, resource.stack.id, value, sources);
    return [name, text.replace(LAYERS, layers)] as const;
  });
  return { ...sources.base, ...Object.fromEntries(resolved), ...DATABASE_CHANGES.set };
}

/** One folder for all layers, later over earlier. */
function layersOf(folders: readonly string[]): { readonly folder: string; readonly remove: () => void } {
  if (folders.length === 1) return { folder: folders[0], remove: () => {} };
  const merged = mkdtempSync(join(tmpdir(), 'plinth-local-layers-'));
  for (const folder of folders) cpSync(folder, merged, { recursive: true });
  return { folder: merged, remove: () => rmSync(merged, { recursive: true, force: true }) };
}

/** CloudFormation hands numbers and flags on as text. */
function texts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(texts);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, texts(one)]));
  return textOf(value) ?? value;
}
