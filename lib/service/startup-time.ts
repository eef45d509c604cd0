import { Duration } from 'aws-cdk-lib';
import type { ContainerOptions } from './container-options';

/**
 * How long a new task may fail its health checks.
 * @internal
 */
export function startupTime({ startupTime: given }: ContainerOptions): Duration {
  return given ?? Duration.seconds(60);
}
