import { CrossStackReferences, ReferenceStrength, Stack, Stage, type Environment } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { VectorDatabase } from '../data/database/vector-database';
import type { JobWorker } from '../jobs/job-worker';
import type { Network } from '../network/network';
import type { ApiService } from '../service/api-service';
import type { WebhookDelivery } from '../webhooks/webhook-delivery';
import { DataTier } from './data-tier';
import type { PlatformProps } from './platform-props';
import { StageSizing } from './stage-sizing';
import { AsyncTier, checkPlatform, NetworkTier, ServiceTier, tagPlatform } from './tiers';

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
 * The whole platform as one stage, a stack a tier: Network, Data, Service, and Async where there are jobs or webhooks.
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

  /** The database. */
  readonly database: VectorDatabase;

  /** The API. */
  readonly api: ApiService;

  /**
   * The worker of its jobs.
   * @default - none: it takes no jobs
   */
  readonly jobs?: JobWorker;

  /**
   * The delivery of its webhooks.
   * @default - none: it has none
   */
  readonly webhooks?: WebhookDelivery;

  constructor(scope: Construct, id: string, props: PlatformStageProps) {
    super(scope, id, { env: props.env });
    const sizing = props.sizing ?? StageSizing.of(props.stage);
    checkPlatform(this.node.path, sizing, props);
    tagPlatform(this, props.stage, props);
    const stack = (tier: string, description: string) => this.createStack(tier, description, sizing.deletionProtection);
    this.network = new NetworkTier(stack('Network', 'network'), 'Tier', sizing, props).network;
    const data = new DataTier(stack('Data', 'database, caches, secrets and backups'), 'Tier', this.network.vpc, sizing, props);
    this.database = data.database;
    const { vpc } = this.network;
    const service = new ServiceTier(stack('Service', 'load balancer, firewall and service'), 'Tier', vpc, data, sizing, props);
    this.api = service.api;
    if (AsyncTier.isNeeded(props)) {
      const async = new AsyncTier(stack('Async', 'workers of jobs and webhooks'), 'Tier', { ...props, vpc, data, service, sizing });
      this.jobs = async.worker;
      this.webhooks = async.delivery;
    }
  }

  private createStack(tier: string, description: string, terminationProtection: boolean): Stack {
    const stack = new Stack(this, tier, { description: `plinth: ${description}`, terminationProtection });
    // What holds data says otherwise of itself; without this, an app with no feature flag is warned of references that are weak already.
    CrossStackReferences.of(stack).consume(ReferenceStrength.WEAK);
    return stack;
  }
}
