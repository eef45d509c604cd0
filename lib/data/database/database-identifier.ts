import { Names } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

const LONGEST = 63;

/**
 * The name of an instance, known before it is made, so that its log groups can be made first: 1 to 63 lower-case letters, digits and
 * single hyphens.
 * @internal
 */
export function databaseIdentifier(construct: Construct): string {
  return Names.uniqueResourceName(construct, { maxLength: LONGEST, separator: '-' }).toLowerCase();
}
