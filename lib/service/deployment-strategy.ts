import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Deployment } from './deployment';

/**
 * A deployment in the words of the ECS service.
 * @internal
 */
export function deploymentStrategy(deployment: Deployment): Partial<ecs.FargateServiceProps> {
  const shift = { stepPercent: deployment.percent, stepBakeTime: deployment.stepTime };
  switch (deployment.strategy) {
    case 'CANARY':
      return { deploymentStrategy: ecs.DeploymentStrategy.CANARY, bakeTime: deployment.bakeTime, canaryConfiguration: shift };
    case 'LINEAR':
      return { deploymentStrategy: ecs.DeploymentStrategy.LINEAR, bakeTime: deployment.bakeTime, linearConfiguration: shift };
    default:
      return { deploymentStrategy: ecs.DeploymentStrategy.ROLLING, circuitBreaker: { enable: true, rollback: true } };
  }
}

/**
 * Tasks on Fargate and on Spot; with a share of both, the first task is never on Spot.
 * @internal
 */
export function capacityProviders(spotPercent: number): ecs.CapacityProviderStrategy[] {
  const fargate = { capacityProvider: 'FARGATE', base: 1, weight: 100 - spotPercent };
  const spot = { capacityProvider: 'FARGATE_SPOT', weight: spotPercent };
  if (spotPercent === 0) return [{ ...fargate, weight: 1 }];
  return spotPercent === 100 ? [{ ...spot, weight: 1 }] : [fargate, spot];
}
