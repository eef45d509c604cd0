import type { ContainerModel } from '../model/services';
import { fieldsOf, keyOf, type StageModel, type StageResource } from '../model/stage-model';
import { calledBy, type Triggers } from './triggers';

/** What the processes of a run use of the stage. */
export interface Used {
  /** Functions that something here calls: a queue, a clock, or whoever is told of them. */
  readonly functions: readonly StageResource[];
  /** Every resource that a process is told of, and the queues of event sources. */
  readonly resources: readonly StageResource[];
}

/** Follows what containers and triggers name, and what the functions name that these name. */
export function usedIn(model: StageModel, containers: readonly ContainerModel[], { eventSources, schedules }: Triggers): Used {
  const resources = new Map<string, StageResource>();
  const functions = new Map<string, StageResource>();
  const use = (resource: StageResource): void => {
    const called = calledBy(model, resource.reference);
    resources.set(keyOf(resource.reference), resource);
    if (!called || functions.has(keyOf(called.reference))) return;
    functions.set(keyOf(called.reference), called);
    const { Variables } = fieldsOf(called.template.Properties?.Environment);
    for (const named of model.namedIn(called.stack.id, Variables ?? {})) use(named);
  };
  for (const { environment, task } of containers) for (const { Value } of environment) model.namedIn(task.stack.id, Value).forEach(use);
  for (const { queue, called } of eventSources) [queue, called].forEach(use);
  for (const { called } of schedules) use(called);
  return { functions: [...functions.values()], resources: [...resources.values()] };
}
