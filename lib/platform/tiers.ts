import { CfnResource, CrossStackReferences, ReferenceStrength, Tags } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ApiKeys } from '../access/api-keys';
import { DatabaseBootstrap } from '../data/database/database-bootstrap';
import { DatabaseBootstrapAlarms } from '../data/database/database-bootstrap-alarms';
import { VectorExport } from '../data/database/vector-export';
import { disposeLogs } from '../governance/dispose-logs';
import type { JobOptions } from '../jobs/job-options';
import { JobQueue } from '../jobs/job-queue';
import { JobQueueAlarms } from '../jobs/job-queue-alarms';
import type { JobStore } from '../jobs/job-store';
import { JobScaling } from '../jobs/job-scaling';
import { JobWorker } from '../jobs/job-worker';
import { DEFAULT_CIDR } from '../network/address-plan';
import { Network } from '../network/network';
import { ApiService } from '../service/api-service';
import { WebhookAlarms } from '../webhooks/webhook-alarms';
import { WebhookDelivery } from '../webhooks/webhook-delivery';
import type { WebhookOptions } from '../webhooks/webhook-options';
import { WebhookQueues } from '../webhooks/webhook-queues';
import type { WebhookStore } from '../webhooks/webhook-store';
import { checkBackupCopies } from './backup-copies';
import type { DataTier } from './data-tier';
import type { PlatformProps } from './platform-props';
import type { StageSizing } from './stage-sizing';

/** CloudFormation would hand a stack's own tags on to listener rules, whose every update puts a deployment's weights back. */
const UNTOUCHED = ['aws:cdk:stack', 'AWS::ElasticLoadBalancingV2::ListenerRule'];

/** The tags of everything in a scope; `service` is the tier's and added there. */
export function tagPlatform(scope: Construct, environment: string, { costAllocation }: PlatformProps): void {
  const tags = { environment, project: costAllocation.project, team: costAllocation.team };
  for (const [key, value] of Object.entries(tags)) Tags.of(scope).add(key, value, { excludeResourceTypes: UNTOUCHED });
}

/**
 * What holds for the tiers together, before any of them is made.
 * @internal
 */
export function checkPlatform(path: string, sizing: StageSizing, { domain, container, backupCopies = {} }: PlatformProps): void {
  checkBackupCopies(path, backupCopies);
  if (sizing.domainRequired && !domain) {
    throw new Error(`${path}: domain must be given outside dev, got none; add Domain.inZone() or Domain.certificate()`);
  }
  if (sizing.domainRequired && container?.enableExecuteCommand) {
    throw new Error(`${path}: container.enableExecuteCommand must be off outside dev, got true; leave it out, as it needs a writable root`);
  }
}

/**
 * The network of a platform; everything after it refers to it weakly, as it holds no data.
 * @internal
 */
export class NetworkTier extends Construct {
  readonly network: Network;

  constructor(scope: Construct, id: string, sizing: StageSizing, props: PlatformProps) {
    super(scope, id);
    Tags.of(this).add('service', 'network', { excludeResourceTypes: UNTOUCHED });
    this.network = new Network(this, 'Network', { cidr: props.cidr, zones: sizing.zones, natGateways: sizing.natGateways });
    if (sizing.dataProtection._disposable) disposeLogs(this);
    for (const resource of this.node.findAll().filter(CfnResource.isCfnResource)) {
      CrossStackReferences.of(resource).produce(ReferenceStrength.WEAK);
    }
  }
}

/**
 * The API of a platform.
 * @internal
 */
export class ServiceTier extends Construct {
  readonly api: ApiService;
  /** None: the stage takes no jobs. Here, as the gateway sends to it. */
  readonly queue?: JobQueue;
  /** None: the stage has no webhooks. Here for the same reason. */
  readonly webhooks?: WebhookQueues;

  constructor(scope: Construct, id: string, vpc: IVpc, data: DataTier, sizing: StageSizing, props: PlatformProps) {
    super(scope, id);
    Tags.of(this).add('service', 'api', { excludeResourceTypes: UNTOUCHED });
    const internalKey = data.internalKey(this);
    this.queue = props.jobs && this.createQueue(props.jobs, data.jobs, internalKey);
    this.webhooks = props.webhooks && this.createWebhooks(data.webhooks, props, internalKey);
    this.api = new ApiService(this, 'Api', {
      vpc,
      image: props.image,
      domain: props.domain,
      container: data.containerOptions(this, props.container),
      ingress: props.ingress,
      access: props.access && new ApiKeys(this, 'ApiKeys', { ...props.access, store: data.apiKeys }),
      jobs: this.queue,
      webhooks: this.webhooks,
      firewall: props.firewall,
      deployment: sizing.deployment,
      logProtection: sizing.dataProtection,
      containerInsights: sizing.containerInsights,
      loadBalancer: { deletionProtection: sizing.deletionProtection, ...props.loadBalancer },
      capacity: {
        size: sizing.taskSize,
        minTasks: sizing.minTasks,
        maxTasks: sizing.maxTasks,
        spotPercent: sizing.spotPercent,
        schedules: sizing.schedules,
      },
    });
    data.grantUse(this.api.taskDefinition);
    const bootstrap = new DatabaseBootstrap(this, 'DatabaseBootstrap', {
      vpc,
      database: data.database,
      migrations: props.migrations,
      logKey: this.api.logKey,
    });
    DatabaseBootstrapAlarms.of(bootstrap).addAll();
    // No task may start before what it reads is there.
    this.api.service.node.addDependency(bootstrap);
    new VectorExport(this, 'VectorExport', { vpc, database: data.database, bucket: data.exports, logKey: this.api.logKey });
    if (sizing.dataProtection._disposable) disposeLogs(this);
  }

  private createQueue({ kinds, attemptTimeout }: JobOptions, store: JobStore | undefined, internalKey: ISecret): JobQueue {
    return new JobQueue(this, 'Jobs', { kinds, attemptTimeout, store, internalKey });
  }

  /** The platform's own name, or webhooks would go round in circles; one of a certificate alone is not known here, and is refused by props. */
  private createWebhooks(store: WebhookStore | undefined, { domain, webhooks }: PlatformProps, internalKey: ISecret): WebhookQueues {
    const own = domain?.name === undefined ? [] : [domain.name];
    return new WebhookQueues(this, 'Webhooks', { store, internalKey, refusedHosts: [...own, ...(webhooks?.refusedHosts ?? [])] });
  }
}

/** What the tier of workers stands on. */
interface AsyncTierProps extends PlatformProps {
  readonly vpc: IVpc;
  readonly data: DataTier;
  readonly service: ServiceTier;
  readonly sizing: StageSizing;
}

/**
 * What works while nobody waits.
 * @internal
 */
export class AsyncTier extends Construct {
  /** None: the stage takes no jobs. */
  readonly worker?: JobWorker;
  /** None: the stage has no webhooks. */
  readonly delivery?: WebhookDelivery;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: AsyncTierProps,
  ) {
    super(scope, id);
    const { service, jobs, webhooks, sizing } = props;
    Tags.of(this).add('service', 'async', { excludeResourceTypes: UNTOUCHED });
    if (jobs && service.queue) this.worker = this.createWorker(service.queue, jobs);
    if (webhooks && service.webhooks) this.delivery = this.createDelivery(service.webhooks, webhooks);
    if (sizing.dataProtection._disposable) disposeLogs(this);
  }

  /** Whether a stage has what stands here. */
  static isNeeded({ jobs, webhooks }: PlatformProps): boolean {
    return jobs !== undefined || webhooks !== undefined;
  }

  private createWorker(jobs: JobQueue, { processors, scaling }: JobOptions): JobWorker {
    const { vpc, data, service, sizing, domain } = this.props;
    const { api } = service;
    // Without a domain the load balancer is internal.
    const inside = domain ? undefined : vpc;
    const { webhooks } = service;
    const worker = new JobWorker(this, 'Jobs', { jobs, processors, scaling, webhooks, service: api, vpc: inside, logKey: api.logKey });
    data.grantDecryptSecrets(worker._worker.role);
    const alarms = JobQueueAlarms.of(worker);
    if (sizing.logMetrics) alarms.addAll();
    else alarms.addBasic();
    return worker;
  }

  private createDelivery(webhooks: WebhookQueues, options: WebhookOptions): WebhookDelivery {
    const { service, sizing, cidr = DEFAULT_CIDR } = this.props;
    const { scaling = JobScaling.onDemand(sizing.webhookSenders), quarantineConcurrency = sizing.quarantineSenders } = options;
    const delivery = new WebhookDelivery(this, 'Webhooks', {
      webhooks,
      scaling,
      quarantineConcurrency,
      fixedAddresses: options.fixedAddresses,
      refusedNetworks: [cidr],
      logKey: service.api.logKey,
    });
    const alarms = WebhookAlarms.of(delivery);
    if (sizing.logMetrics) alarms.addAll();
    else alarms.addBasic();
    return delivery;
  }
}
