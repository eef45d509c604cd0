import { type Duration, Size } from 'aws-cdk-lib';
import { ContainerInsights } from 'aws-cdk-lib/aws-ecs';
import type { DataProtection } from '../data/data-protection';
import type { DatabaseSize } from '../data/database/database-size';
import { Deployment } from '../service/deployment';
import type { ScheduledCapacity } from '../service/service-capacity';
import { TaskSize } from '../service/task-size';
import { QUARANTINE_SENDERS, SENDERS } from '../webhooks/webhook-queues';
import { type CacheSizing, type DataSizing, devData, highTrafficData, productionData, stagingData } from './data-sizing';

/**
 * What a stage may have otherwise than its sizing says.
 *
 * @example
 * import { StageSizing, type StageSizingOverrides } from 'plinth';
 *
 * const overrides: StageSizingOverrides = { zones: 3, natGateways: 3, maxTasks: 16 };
 * const sizing = StageSizing.production(overrides);
 */
export interface StageSizingOverrides {
  /**
   * Availability zones, 2 or 3.
   * @default - the sizing's
   */
  readonly zones?: number;

  /**
   * NAT gateways, 1 to the number of zones; about 33 USD a month each.
   * @default - the sizing's
   */
  readonly natGateways?: number;

  /**
   * CPU and memory of a task.
   * @default - the sizing's
   */
  readonly taskSize?: TaskSize;

  /**
   * The fewest tasks.
   * @default - the sizing's
   */
  readonly minTasks?: number;

  /**
   * The most tasks.
   * @default - the sizing's
   */
  readonly maxTasks?: number;

  /**
   * The share of tasks on Spot, 0 to 100 percent.
   * @default - the sizing's
   */
  readonly spotPercent?: number;

  /**
   * Numbers of tasks by the clock.
   * @default - the sizing's
   */
  readonly schedules?: { [name: string]: ScheduledCapacity };

  /**
   * How new tasks take over.
   * @default - the sizing's
   */
  readonly deployment?: Deployment;

  /**
   * Metrics of tasks and containers.
   * @default - the sizing's
   */
  readonly containerInsights?: ContainerInsights;

  /**
   * Whether alarms read what functions log of their work, at 0.30 USD a month for each metric.
   * @default - the sizing's
   */
  readonly logMetrics?: boolean;

  /**
   * CPU, memory, disk and connections of the database.
   * @default - the sizing's
   */
  readonly database?: DatabaseSize;

  /**
   * Copies of the database to read from, 0 to 15, each at the price of one zone; the app is told of the first as DATABASE_READ_HOST.
   * @default - the sizing's
   */
  readonly readReplicas?: number;

  /**
   * The nodes of the result cache.
   * @default - the sizing's
   */
  readonly resultCache?: CacheSizing;

  /**
   * The nodes of the limiter store.
   * @default - the sizing's
   */
  readonly limiterStore?: CacheSizing;

  /**
   * How long backups of the database are kept, beside its own 7 days of any second.
   * @default - the sizing's
   */
  readonly backupRetention?: Duration;

  /**
   * What becomes of data when it is removed.
   * @default - the sizing's
   */
  readonly dataProtection?: DataProtection;
}

interface Sizing extends DataSizing {
  readonly zones: number;
  readonly natGateways: number;
  readonly taskSize: TaskSize;
  readonly minTasks: number;
  readonly maxTasks: number;
  readonly spotPercent: number;
  readonly deployment: Deployment;
  readonly containerInsights: ContainerInsights;
  readonly logMetrics: boolean;
  readonly webhookSenders: number;
  readonly quarantineSenders: number;
  readonly domainRequired: boolean;
  readonly deletionProtection: boolean;
}

const small = TaskSize.of(1024, Size.gibibytes(2));

/** Every number that differs by stage. */
const dev: Sizing = {
  ...devData,
  zones: 2,
  natGateways: 1,
  taskSize: small,
  minTasks: 2,
  maxTasks: 10,
  spotPercent: 100,
  deployment: Deployment.rolling(),
  containerInsights: ContainerInsights.DISABLED,
  logMetrics: false,
  // With what else a stage runs, a new account's ten functions at once are enough.
  webhookSenders: 5,
  quarantineSenders: 2,
  domainRequired: false,
  deletionProtection: false,
};

/** Production's topology at dev's sizes. */
const staging: Sizing = {
  ...dev,
  ...stagingData,
  natGateways: 2,
  spotPercent: 0,
  deployment: Deployment.canary(),
  containerInsights: ContainerInsights.ENABLED,
  logMetrics: true,
  webhookSenders: SENDERS,
  quarantineSenders: QUARANTINE_SENDERS,
  domainRequired: true,
  deletionProtection: true,
};

const production: Sizing = { ...staging, ...productionData, maxTasks: 20 };

const highTraffic: Sizing = {
  ...production,
  ...highTrafficData,
  zones: 3,
  natGateways: 3,
  taskSize: TaskSize.of(2048, Size.gibibytes(4)),
  minTasks: 3,
};

/**
 * The numbers of a stage, as data.
 *
 * @example
 * import { StageSizing } from 'plinth';
 *
 * const sizing = StageSizing.production({ maxTasks: 16 });
 */
export class StageSizing {
  /** One NAT gateway, tasks on Spot, rolling deployments; the only sizing that may go without a domain. */
  static dev(overrides: StageSizingOverrides = {}): StageSizing {
    return new StageSizing({ ...dev, ...overrides });
  }

  /** Production's topology at dev's sizes. */
  static staging(overrides: StageSizingOverrides = {}): StageSizing {
    return new StageSizing({ ...staging, ...overrides });
  }

  /** A NAT gateway per zone, 2 to 20 tasks, canary deployments. */
  static production(overrides: StageSizingOverrides = {}): StageSizing {
    return new StageSizing({ ...production, ...overrides });
  }

  /** Production over three zones with tasks of 2 vCPU and 4 GiB. */
  static highTraffic(overrides: StageSizingOverrides = {}): StageSizing {
    return new StageSizing({ ...highTraffic, ...overrides });
  }

  /**
   * The sizing that goes with a stage's name.
   * @param stage dev, staging or production
   */
  static of(stage: string): StageSizing {
    if (stage === 'dev') return StageSizing.dev();
    if (stage === 'staging') return StageSizing.staging();
    if (stage === 'production') return StageSizing.production();
    throw new Error(`StageSizing: stage must be dev, staging or production, got ${stage}; rename it or pass a sizing of your own`);
  }

  /** Availability zones. */
  readonly zones: number;

  /** NAT gateways. */
  readonly natGateways: number;

  /** CPU and memory of a task. */
  readonly taskSize: TaskSize;

  /** The fewest tasks. */
  readonly minTasks: number;

  /** The most tasks. */
  readonly maxTasks: number;

  /** The share of tasks on Spot, in percent. */
  readonly spotPercent: number;

  /**
   * Numbers of tasks by the clock.
   * @default - none
   */
  readonly schedules?: { [name: string]: ScheduledCapacity };

  /** How new tasks take over. */
  readonly deployment: Deployment;

  /** Metrics of tasks and containers. */
  readonly containerInsights: ContainerInsights;

  /** Whether alarms read what functions log of their work. */
  readonly logMetrics: boolean;

  /** Senders of webhooks at most, unless the webhooks' own `scaling` says more. */
  readonly webhookSenders: number;

  /** Senders at most for endpoints that are slow or come back. */
  readonly quarantineSenders: number;

  /** Whether a stage without a domain is an error. */
  readonly domainRequired: boolean;

  /** Whether what takes the traffic refuses to be deleted. */
  readonly deletionProtection: boolean;

  /** The database. */
  readonly database: DatabaseSize;

  /** Copies of the database to read from. */
  readonly readReplicas: number;

  /** The nodes of the result cache. */
  readonly resultCache: CacheSizing;

  /** The nodes of the limiter store. */
  readonly limiterStore: CacheSizing;

  /** How long backups of the database are kept. */
  readonly backupRetention: Duration;

  /** What becomes of data when it is removed. */
  readonly dataProtection: DataProtection;

  private constructor(sizing: Sizing & { readonly schedules?: { [name: string]: ScheduledCapacity } }) {
    this.zones = sizing.zones;
    this.natGateways = sizing.natGateways;
    this.taskSize = sizing.taskSize;
    this.minTasks = sizing.minTasks;
    this.maxTasks = sizing.maxTasks;
    this.spotPercent = sizing.spotPercent;
    this.schedules = sizing.schedules;
    this.deployment = sizing.deployment;
    this.containerInsights = sizing.containerInsights;
    this.logMetrics = sizing.logMetrics;
    this.webhookSenders = sizing.webhookSenders;
    this.quarantineSenders = sizing.quarantineSenders;
    this.domainRequired = sizing.domainRequired;
    this.deletionProtection = sizing.deletionProtection;
    this.database = sizing.database;
    this.readReplicas = sizing.readReplicas;
    this.resultCache = sizing.resultCache;
    this.limiterStore = sizing.limiterStore;
    this.backupRetention = sizing.backupRetention;
    this.dataProtection = sizing.dataProtection;
  }
}
