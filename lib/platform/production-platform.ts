import { Construct } from 'constructs';
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
 * A platform in a scope of yours.
 *
 * @example
 * import { type ProductionPlatformProps, ServiceImage } from 'plinth';
 *
 * const props: ProductionPlatformProps = {
 *   stage: 'dev',
 *   image: ServiceImage.fromRegistry('registry.example.com/team/api:1.4.2'),
 *   costAllocation: { project: 'recommendations', team: 'platform' },
 * };
 */
export interface ProductionPlatformProps extends PlatformProps {
  /**
   * The stage: dev, staging or production; others need a sizing of their own.
   * @default 'production'
   */
  readonly stage?: string;
}

/**
 * The same tiers as a {@link PlatformStage}, in one scope of yours: a stack of your own, beside your own resources.
 *
 * @example
 * import { Domain, ProductionPlatform, ServiceImage } from 'plinth';
 *
 * new ProductionPlatform(stack, 'Platform', {
 *   image: ServiceImage.fromRegistry('registry.example.com/team/api:1.4.2'),
 *   domain: Domain.inZone('Z0123456789ABCDEFGHIJ', 'api.example.com'),
 *   costAllocation: { project: 'recommendations', team: 'platform' },
 * });
 */
export class ProductionPlatform extends Construct {
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

  constructor(scope: Construct, id: string, props: ProductionPlatformProps) {
    super(scope, id);
    const { stage = 'production' } = props;
    const sizing = props.sizing ?? StageSizing.of(stage);
    checkPlatform(this.node.path, sizing, props);
    tagPlatform(this, stage, props);
    this.network = new NetworkTier(this, 'Network', sizing, props).network;
    const data = new DataTier(this, 'Data', this.network.vpc, sizing, props);
    this.database = data.database;
    const { vpc } = this.network;
    const service = new ServiceTier(this, 'Service', vpc, data, sizing, props);
    this.api = service.api;
    if (!AsyncTier.isNeeded(props)) return;
    const async = new AsyncTier(this, 'Async', { ...props, vpc, data, service, sizing });
    this.jobs = async.worker;
    this.webhooks = async.delivery;
  }
}
