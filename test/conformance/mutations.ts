import type { AssemblyStage } from '../../lib/assembly';
import type { Evidence } from '../../lib/conformance/demand';
import { parsePath } from '../../lib/conformance/path';

/** One way in which a template could come to lack what a demand asks for. */
export interface Mutation {
  readonly name: string;
  readonly stage: AssemblyStage;
}

/** Several mutations of which one at least must be noticed: a number may be allowed to move in one direction. */
export interface MutationGroup {
  readonly name: string;
  readonly mutations: readonly Mutation[];
}

/** Takes away what the evidence shows, moves its numbers and cuts its references; puts something where it shows nothing. */
export function mutationsOf(stage: AssemblyStage, evidence: Evidence): MutationGroup[] {
  const { logicalId, path, value } = evidence;
  const change = (name: string, replacement: unknown) => ({
    name: `${logicalId} ${path} ${name}`,
    stage: changed(stage, evidence, replacement),
  });
  const group = (name: string, ...mutations: readonly Mutation[]) => ({ name: `${logicalId} ${path} ${name}`, mutations });
  // Evidence that nothing stands there falls with whatever does.
  if (value === undefined) return [group('added', change('added', 'anything'))];
  const groups = [group('removed', change('removed', undefined))];
  if (isNumber(value)) groups.push(group('moved', change('raised', moved(value, 1)), change('lowered', moved(value, -1))));
  if (typeof value === 'boolean') groups.push(group('turned', change('turned', !value)));
  if (typeof value === 'string' && /\$\{[^}]*\//.test(value)) groups.push(group('cut', change('cut', 'cut')));
  return groups;
}

function isNumber(value: unknown): value is number | string {
  return typeof value === 'number' || (typeof value === 'string' && /^-?\d+$/.test(value));
}

/** Far enough to leave any range that a demand allows. */
function moved(value: number | string, direction: 1 | -1): number | string {
  const result = Number(value) + direction * 100_000;
  return typeof value === 'number' ? result : String(result);
}

function changed(stage: AssemblyStage, { stack, logicalId, path }: Evidence, replacement: unknown): AssemblyStage {
  const steps = parsePath(path) as (string | number)[];
  // A list that lost one of several elements may still do; the property is the list.
  if (replacement === undefined) while (typeof steps.at(-1) === 'number') steps.pop();
  return withResources(stage, stack, (resources) => replaced(resources, [logicalId, ...steps], replacement));
}

/** The stage without any resource that shows the demand. */
export function withoutEvidence(stage: AssemblyStage, evidence: readonly Evidence[]): AssemblyStage {
  return evidence.reduce(
    (rest, { stack, logicalId }) => withResources(rest, stack, (resources) => replaced(resources, [logicalId], undefined)),
    stage,
  );
}

/** A copy in which one place differs; what is copied is the way there alone. */
function replaced<T>(node: T, [step, ...rest]: readonly (string | number)[], replacement: unknown): T {
  const copy = (Array.isArray(node) ? [...node] : { ...node }) as { [key: string | number]: unknown };
  if (rest.length > 0) copy[step] = replaced(copy[step], rest, replacement);
  else if (replacement === undefined) delete copy[step];
  else copy[step] = replacement;
  return copy as T;
}

function withResources(stage: AssemblyStage, id: string, mutate: <T>(resources: T) => T): AssemblyStage {
  const stacks = stage.stacks.map((stack) =>
    stack.id === id ? { ...stack, template: { ...stack.template, Resources: mutate(stack.template.Resources) } } : stack,
  );
  return { ...stage, stacks };
}
