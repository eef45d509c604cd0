import { App, Stack, type StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { VectorDatabase, type VectorDatabaseProps } from '../../../lib/data/database';
import { Network } from '../../../lib/network';

/** A database in a stack of its own, with its network. */
export function database(props: Partial<VectorDatabaseProps> = {}, stackProps?: StackProps) {
  const stack = new Stack(new App(), 'Stack', stackProps);
  const { vpc } = new Network(stack, 'Network');
  return { stack, vpc, database: new VectorDatabase(stack, 'Database', { vpc, ...props }) };
}

export function databaseTemplate(props: Partial<VectorDatabaseProps> = {}, stackProps?: StackProps): Template {
  return Template.fromStack(database(props, stackProps).stack);
}

/** A resource as it stands in the template. */
export interface Resource {
  readonly Type: string;
  readonly Properties: { readonly [name: string]: unknown };
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: string[];
}

/** What a database made, without its network, by logical id. */
export function resourcesOf(template: Template): { readonly [id: string]: Resource } {
  const all: { [id: string]: Resource } = template.toJSON().Resources;
  return Object.fromEntries(Object.entries(all).filter(([id]) => !id.startsWith('Network')));
}

/** The only resource of a type whose logical id matches. */
export function theResource(template: Template, type: string, id = /^Database/): Resource {
  const found = Object.entries(resourcesOf(template)).filter(([name, { Type }]) => Type === type && id.test(name));
  if (found.length !== 1) throw new Error(`expected one ${type} like ${id}, found ${found.length}`);
  return found[0][1];
}
