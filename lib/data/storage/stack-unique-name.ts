import { Fn, Names, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * A name of at most 40 lower-case letters, digits and hyphens. The stack's id in it lets a stack be made again after its first one
 * left data behind.
 * @internal
 */
export function stackUniqueName(scope: Construct, suffix: string): string {
  const name = Names.uniqueResourceName(scope, { maxLength: 31 - suffix.length - 1, separator: '-' }).toLowerCase();
  const stackGuid = Fn.select(2, Fn.split('/', Stack.of(scope).stackId));
  return `${name}-${suffix.toLowerCase()}-${Fn.select(0, Fn.split('-', stackGuid))}`;
}
