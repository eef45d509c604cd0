import { type ContainerModel } from '../model/services';
import type { DeployedValues } from '../model/deployed-values';
import type { Tell } from '../events';
import { LocalFailure } from '../failure';
import type { SecretStore } from '../secrets/secret-store';
import { textKnown } from './environment';

/** What is otherwise on this machine: variables that the template has and a process is not given, and values in place of the template's. */
export interface EnvironmentChanges {
  readonly omit: readonly string[];
  readonly set: { readonly [name: string]: string };
}

/** Changes for the containers that have a variable. */
export interface ScopedChanges extends EnvironmentChanges {
  readonly where: string;
}

/** What is otherwise for a process whose template gives it these variables. */
export function changesFor(variables: readonly string[], scoped: readonly ScopedChanges[]): EnvironmentChanges {
  const mine = scoped.filter(({ where }) => variables.includes(where));
  const set: { [name: string]: string } = {};
  for (const changes of mine) Object.assign(set, changes.set);
  return { omit: mine.flatMap(({ omit }) => omit), set };
}

/** What the environment of a process is made from. */
export interface EnvironmentSources {
  readonly values: DeployedValues;
  readonly secrets: SecretStore;
  /** What every process is given beside what the template gives it. */
  readonly base: { readonly [name: string]: string };
  /** Values that an operator sets in the place of generated secrets. */
  readonly operator: { readonly [name: string]: string | undefined };
  readonly tell: Tell;
}

/** Variables of one container as the template has them, references and secrets resolved. */
export function containerEnvironment(
  container: ContainerModel,
  sources: EnvironmentSources,
  { omit, set }: EnvironmentChanges,
): { [name: string]: string } {
  const { values, secrets, operator } = sources;
  const { id } = container.task.stack;
  const environment: { [name: string]: string } = { ...sources.base };
  const isGiven = ({ Name }: { readonly Name: string }) => !omit.includes(Name) && !(Name in set);
  for (const { Name, Value } of container.environment.filter(isGiven)) {
    environment[Name] = resolvedText(`${container.name}: ${Name}`, id, Value, sources);
  }
  for (const { Name, ValueFrom } of container.secrets.filter(isGiven)) {
    const named = textKnown(`${container.name}: ${Name}`, values.resolve(id, ValueFrom).value);
    const value = operator[Name] ?? secrets.part(named);
    if (value === undefined) {
      throw new LocalFailure(
        `${container.name}: ${Name} must name a secret of the assembly that has a value, got ${named}; give it in a file by --env`,
      );
    }
    environment[Name] = value;
  }
  return { ...environment, ...set };
}

/** The text of a value; whatever in it is made up, as nothing local stands for its resource, is told. */
export function resolvedText(where: string, stack: string, value: unknown, { values, secrets, tell }: EnvironmentSources): string {
  const resolved = values.resolve(stack, value);
  for (const { id, type } of resolved.madeUp) {
    tell({ event: 'note', note: `${where} names ${type} ${id}, which nothing local stands for; its value is made up` });
  }
  return secrets.resolved(textKnown(where, resolved.value));
}
