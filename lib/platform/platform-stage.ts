import { CrossStackReferences, ReferenceStrength, Stack, Stage, type Environment } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Network } from '../network/network';
import type { ApiService } from '../service/api-service';
import type { PlatformProps } from './platform-props';
import { StageSizing } from './stage-sizing';
import { checkPlatform, NetworkTier, ServiceTier, tagPlatform } from './tiers';

/**
 * A platform as a stage of its own.
 *
 * @example
 * import { type PlatformStageProps, ServiceImage } from 'plinth';
 *
 * const props: PlatformStageProps = {
 *   stage: 'dev',
 *   image: ServiceImage.fromRegistry('registry.example.com/team/api:1.4.2'),
 *   costAllocation: { project: 'recommendations', team: 'platform' },
 * };
 */
export interface PlatformStageProps extends PlatformProps {
  /** The stage: dev, staging or production; others need a sizing of their own. */
  readonly stage: string;

  /**
   * Account and region.
   * @default - those that the deployment's credentials stand for
   */
  readonly env?: Environment;
}

/**
 * The whole platform as one stage, a stack a tier: Network, then Service.
 *
 * Guarantees that no tier refers to a later one, that every resource carries the cost tags, and that staging and production have a
 * domain.
 *
 * @example
 * import { App } from 'aws-cdk-lib';
 * import { Domain, PlatformStage, ServiceImage } from 'plinth';
 *
 * new PlatformStage(new App(), 'production', {
 *   stage: 'production',
 *   env: { account: '333333333333', region: 'eu-west-1' },
 *   image: ServiceImage.fromRegistry('registry.example.com/team/api:1.4.2'),
 *   domain: Domain.inZone('Z0123456789ABCDEFGHIJ', 'api.example.com'),
 *   costAllocation: { project: 'recommendations', team: 'platform' },
 * });
 */
export class PlatformStage extends Stage {
  /** The network. */
  readonly network: Network;

  /** The API. */
  readonly api: ApiService;

  constructor(scope: Construct, id: string, props: PlatformStageProps) {
    super(scope, id, { env: props.env });
    const sizing = props.sizing ?? StageSizing.of(props.stage);
    checkPlatform(this.node.path, sizing, props);
    tagPlatform(this, props.stage, props);
    const terminationProtection = sizing.deletionProtection;
    const networkStack = new Stack(this, 'Network', { description: 'plinth: network', terminationProtection });
    this.network = new NetworkTier(networkStack, 'Tier', sizing, props).network;
    const serviceStack = new Stack(this, 'Service', { description: 'plinth: load balancer, firewall and service', terminationProtection });
    // Without it, an app with no feature flag is warned of references that are weak already.
    CrossStackReferences.of(serviceStack).consume(ReferenceStrength.WEAK);
    this.api = new ServiceTier(serviceStack, 'Tier', this.network.vpc, sizing, props).api;
  }
}
