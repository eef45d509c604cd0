import { Fn, Names, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

const LONGEST = 63;
const STACK_PART = 9;

/**
 * The name of an instance, known before it is made, so that its log groups can be made first: 1 to 63 lower-case letters, digits and
 * single hyphens. The stack's id in it lets a stack be made again after its first one left its database behind.
 * @internal
 */
export function databaseIdentifier(construct: Construct): string {
  const name = Names.uniqueResourceName(construct, { maxLength: LONGEST - STACK_PART, separator: '-' }).toLowerCase();
  const stackGuid = Fn.select(2, Fn.split('/', Stack.of(construct).stackId));
  return `${name}-${Fn.select(0, Fn.split('-', stackGuid))}`;
}
