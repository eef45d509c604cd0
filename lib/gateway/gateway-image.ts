import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { builtAsset } from '../governance/assets';

/**
 * The image of the gateway container that faces the load balancer in every task.
 *
 * @example
 * import { GatewayImage, Ingress } from 'plinth';
 *
 * const ingress = Ingress.gateway({ image: GatewayImage.fromRegistry('registry.example.com/plinth-gateway:0.1.0') });
 */
export class GatewayImage {
  /**
   * Built at deployment from the Dockerfile that ships with the package (ARM64, base pinned by digest).
   * Synthesis needs no Docker; `cdk deploy` needs Docker or finch.
   */
  static fromAsset(): GatewayImage {
    return new GatewayImage();
  }

  /** An image that you built from the same Dockerfile and pushed to a registry; nothing is built at deployment. */
  static fromRegistry(name: string): GatewayImage {
    return new GatewayImage(name);
  }

  private constructor(private readonly registryName?: string) {}

  /** @internal */
  _bind(scope: Construct): ecs.ContainerImage {
    if (this.registryName !== undefined) return ecs.ContainerImage.fromRegistry(this.registryName);
    return ecs.ContainerImage.fromDockerImageAsset(
      new DockerImageAsset(scope, 'GatewayImage', { directory: builtAsset('gateway'), platform: Platform.LINUX_ARM64 }),
    );
  }
}
