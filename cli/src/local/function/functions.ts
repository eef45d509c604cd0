import { physicalName } from '../aws/physical-name';
import type { Tell } from '../events';
import { DEFAULT_ACCOUNT, DEFAULT_REGION } from '../secrets/secret-store';
import { type Addresses, localized } from '../model/addresses';
import type { DeployedValues } from '../model/deployed-values';
import { numberOf, type StageModel, type StageResource, textOf } from '../model/stage-model';
import { changesFor, type EnvironmentSources, type ScopedChanges } from '../process/container';
import type { Run } from '../process/run';
import { functionEnvironment, layersOf } from './environment';
import { functionOf } from './function-model';
import { FunctionPool } from './function-pool';
import { FunctionProcess, type Outcome } from './function-process';

export interface FunctionSources extends EnvironmentSources {
  readonly model: StageModel;
  readonly run: Run;
  readonly tell: Tell;
  /** What is otherwise here. */
  readonly changes: readonly ScopedChanges[];
  /** Addresses of the template, and what stands for them here. */
  readonly addresses: Addresses;
}

const LONGEST_NAME = 64;
/** Processes of one function, however many the template lets run at once. */
const MOST_PROCESSES = 10;

/** The functions that run here, by their names. */
export class Functions {
  private readonly pools = new Map<string, FunctionPool>();

  /** Gives functions their names, before anybody is told of them. */
  static name(functions: readonly StageResource[], values: DeployedValues): void {
    for (const resource of functions) {
      const { account = DEFAULT_ACCOUNT, region = DEFAULT_REGION } = resource.stack;
      const name = nameOf(resource);
      values.set(resource, 'Ref', name);
      values.set(resource, 'Arn', `arn:aws:lambda:${region}:${account}:function:${name}`);
    }
  }

  /** Makes a function ready to be called; its first process starts with the first event. */
  add(resource: StageResource, sources: FunctionSources): void {
    const { model, run, changes, addresses, tell } = sources;
    const called = functionOf(model, resource.id, resource.reference);
    const name = nameOf(resource);
    const layers = layersOf(called.layers);
    run.onStop(async () => layers.remove());
    const changed = changesFor(Object.keys(called.environment), changes);
    const environment = functionEnvironment(called, name, layers.folder, sources, changed);
    for (const [variable, text] of Object.entries(environment)) {
      environment[variable] = localized(text, addresses);
    }
    const limit = Math.min(MOST_PROCESSES, numberOf(resource.properties.ReservedConcurrentExecutions, MOST_PROCESSES));
    const start = () =>
      new FunctionProcess({
        model: called,
        name,
        environment,
        spawn: (options) => run.spawn(options),
        onLine: (line) => tell({ event: 'log', container: resource.id, line }),
      });
    this.pools.set(name, new FunctionPool(start, limit));
  }

  /** Calls a function by its name or ARN; nothing when it does not run here. */
  invoke(named: string, event: unknown): Promise<Outcome> | undefined {
    const name = /^(?:arn:aws:lambda:[^:]*:[^:]*:function:)?([\w-]+)/.exec(named)?.[1] ?? named;
    return this.pools.get(name)?.invoke(event);
  }

  /** Calls a function of the assembly that was added. */
  async call(resource: StageResource, event: unknown): Promise<Outcome> {
    const outcome = this.invoke(nameOf(resource), event);
    return outcome ?? { ok: false, errorType: 'ResourceNotFoundException', errorMessage: `${resource.id} does not run here` };
  }

  async stop(): Promise<void> {
    await Promise.all([...this.pools.values()].map((pool) => pool.stop()));
  }
}

function nameOf(resource: StageResource): string {
  return textOf(resource.properties.FunctionName) ?? physicalName(resource, LONGEST_NAME);
}
