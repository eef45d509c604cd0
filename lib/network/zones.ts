import { Fn, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * Runs `create` while the stack's zones are the first ones of whatever region it is deployed to.
 *
 * `ec2.Vpc` reads the stack's zones even when it is given its own: with a concrete account that is a lookup, without one it is two
 * zones at most, and names written out do not exist for every account (ap-northeast-1a is closed to most).
 * @internal
 */
export function withZonesOfRegion<T>(scope: Construct, zones: number, create: () => T): T {
  const stack = Stack.of(scope);
  const before = Object.getOwnPropertyDescriptor(stack, 'availabilityZones');
  const selected = Array.from({ length: zones }, (_, index) => Fn.select(index, Fn.getAzs()));
  Object.defineProperty(stack, 'availabilityZones', { configurable: true, get: () => selected });
  try {
    return create();
  } finally {
    if (before) Object.defineProperty(stack, 'availabilityZones', before);
    else Reflect.deleteProperty(stack, 'availabilityZones');
  }
}
