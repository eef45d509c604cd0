import { CfnResource, CrossStackReferences, ReferenceStrength, Stack, Tags } from 'aws-cdk-lib';
import { BackupVault } from 'aws-cdk-lib/aws-backup';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ApiKeyStore } from '../access/api-key-store';
import { Backups, type BackupsProps } from '../data/backup/backups';
import { CacheAlarms } from '../data/cache/cache-alarms';
import { LimiterStore } from '../data/cache/limiter-store';
import { ResultCache } from '../data/cache/result-cache';
import { createDataKey } from '../data/data-key';
import { poolSize } from '../data/database/pool-size';
import { DatabaseStorageGrowth } from '../data/database/database-storage-growth';
import { createExportBucket } from '../data/database/export-bucket';
import { VectorDatabase } from '../data/database/vector-database';
import { VectorDatabaseAlarms } from '../data/database/vector-database-alarms';
import { Secrets } from '../data/secrets/secrets';
import type { ContentBucket } from '../data/storage/content-bucket';
import { createLogKey } from '../governance/log-key';
import { JobStore } from '../jobs/job-store';
import type { ContainerOptions } from '../service/container-options';
import { WebhookStore } from '../webhooks/webhook-store';
import type { PlatformProps } from './platform-props';
import type { StageSizing } from './stage-sizing';

/** What an account may ask of its model provider (REC-14.1); every task counts by itself, so that each has its share. */
const PROVIDER_REQUESTS_PER_MINUTE = 10_000;

/** The database user of the API, which logs in by IAM. */
const APPLICATION_USER = 'application';

/**
 * Everything that holds data. Later tiers refer to it strongly: none of it goes while somebody uses it.
 * @internal
 */
export class DataTier extends Construct {
  readonly database: VectorDatabase;
  readonly resultCache: ResultCache;
  readonly limiterStore: LimiterStore;
  readonly secrets: Secrets;
  /** None: the stage asks for no keys. */
  readonly apiKeys?: ApiKeyStore;
  /** None: the stage takes no jobs. */
  readonly jobs?: JobStore;
  /** None: the stage has no webhooks. */
  readonly webhooks?: WebhookStore;
  /** Of the vectors, day by day. */
  readonly exports: ContentBucket;

  constructor(
    scope: Construct,
    id: string,
    vpc: IVpc,
    private readonly sizing: StageSizing,
    { backupCopies = {}, access, jobs, webhooks }: PlatformProps,
  ) {
    super(scope, id);
    const { dataProtection: protection } = sizing;
    const encryptionKey = createDataKey(this, 'Key', protection);
    const logKey = createLogKey(this, 'LogKey', protection.removalPolicy);
    const shared = { vpc, protection, encryptionKey, logKey };
    this.database = new VectorDatabase(this, 'Database', {
      ...shared,
      size: sizing.database,
      readReplicas: sizing.readReplicas,
      backups: { replication: backupCopies.replication },
    });
    this.resultCache = new ResultCache(this, 'ResultCache', { ...shared, ...sizing.resultCache });
    this.limiterStore = new LimiterStore(this, 'LimiterStore', { ...shared, ...sizing.limiterStore });
    this.secrets = new Secrets(this, 'Secrets', { protection, encryptionKey });
    this.exports = createExportBucket(this, 'Exports', { protection, encryptionKey, logKey });
    if (access) this.apiKeys = new ApiKeyStore(this, 'ApiKeys', { protection, encryptionKey });
    if (jobs) this.jobs = new JobStore(this, 'Jobs', { protection, encryptionKey, logKey, _emptiedWith: this.exports });
    if (webhooks) this.webhooks = new WebhookStore(this, 'Webhooks', { protection, encryptionKey });
    // Last: a first deployment that fails after it cannot take a protected database away again.
    const stores = [this.resultCache, this.limiterStore, this.secrets, this.exports, this.apiKeys, this.jobs, this.webhooks];
    this.database.instance.node.addDependency(...stores.filter((store) => store !== undefined));
    this.addBackups({ protection, encryptionKey, logKey, retention: sizing.backupRetention }, backupCopies.vaultArn);
    VectorDatabaseAlarms.of(this.database).addAll();
    new DatabaseStorageGrowth(this.database, 'StorageGrowth', { database: this.database, protection });
    CacheAlarms.of(this.limiterStore).addMemory();
    CacheAlarms.of(this.resultCache).addEvictions();
    this.tag();
    for (const resource of this.node.findAll().filter(CfnResource.isCfnResource)) {
      CrossStackReferences.of(resource).produce(ReferenceStrength.STRONG);
    }
  }

  /**
   * What an app needs to know of the data, beside what the caller gives it.
   * @param scope where the secrets are referred to from: a grant by the secret itself would have its key's policy name a later stack
   */
  containerOptions(scope: Construct, given: ContainerOptions = {}): ContainerOptions {
    return {
      ...given,
      environment: { ...this.environment(), ...given.environment },
      secrets: { ...this.injected(scope), ...given.secrets },
      securityGroups: [this.database.clients, this.resultCache.clients, this.limiterStore.clients, ...(given.securityGroups ?? [])],
    };
  }

  /** Lets the app log in to the database by IAM, and its tasks start with their secrets. */
  grantUse(task: ecs.TaskDefinition): void {
    this.database.grantConnect(task.taskRole, APPLICATION_USER);
    this.grantDecryptSecrets(task.obtainExecutionRole());
  }

  /** Lets a role that may read a secret decrypt it. */
  grantDecryptSecrets(role: iam.IRole): void {
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: ['kms:Decrypt'],
        resources: [this.secrets.encryptionKey.keyArn],
        conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${Stack.of(this).region}.amazonaws.com` } },
      }),
    );
  }

  /** The key of calls between services, as a later tier refers to it. */
  internalKey(scope: Construct): ISecret {
    return Secret.fromSecretCompleteArn(scope, 'InternalKey', this.secrets.internalApiKey.secretArn);
  }

  private addBackups(props: BackupsProps, copies?: string): void {
    const copyTo = copies === undefined ? undefined : BackupVault.fromBackupVaultArn(this, 'BackupCopies', copies);
    const backups = new Backups(this, 'Backups', { ...props, copyTo });
    backups.addDatabase(this.database.instance, props.encryptionKey);
    // A first deployment that fails after the instance was made cannot take it away again.
    this.database.instance.node.addDependency(backups.vault);
  }

  private environment(): { [name: string]: string } {
    const { database, resultCache } = this;
    // One only: an app has one pool of readers. Others are for readers of their own.
    const [reader] = database.replicas;
    return {
      DATABASE_HOST: database.instance.dbInstanceEndpointAddress,
      DATABASE_PORT: database.instance.dbInstanceEndpointPort,
      DATABASE_NAME: database.databaseName,
      DATABASE_USER: APPLICATION_USER,
      ...(reader && { DATABASE_READ_HOST: reader.dbInstanceEndpointAddress }),
      DATABASE_POOL_MAX: String(poolSize(database._size.maxConnections, this.sizing.maxTasks)),
      PROVIDER_REQUESTS_PER_MINUTE: String(Math.floor(PROVIDER_REQUESTS_PER_MINUTE / this.sizing.maxTasks)),
      RESULT_CACHE_HOST: resultCache.address,
      RESULT_CACHE_PORT: String(resultCache.port),
      RESULT_CACHE_USER: resultCache.userName,
      RESULT_CACHE_CLUSTER: String(resultCache.clusterMode),
    };
  }

  /** None of these rotates by itself; what does is read at run time. */
  private injected(scope: Construct): { [name: string]: ecs.Secret } {
    const { secrets, resultCache } = this;
    const fields: { [name: string]: [ISecret, string?] } = {
      OPENAI_API_KEY: [secrets.openAiKey, 'apiKey'],
      // Whole, as the previous key stays valid while a new one replaces it.
      INTERNAL_API_KEY: [secrets.internalApiKey],
      SESSION_KEY: [secrets.sessionKey],
      RESULT_CACHE_PASSWORD: [resultCache.secret, 'password'],
    };
    return Object.fromEntries(
      Object.entries(fields).map(([name, [{ secretArn }, field]]) => {
        return [name, ecs.Secret.fromSecretsManager(Secret.fromSecretCompleteArn(scope, name, secretArn), field)];
      }),
    );
  }

  private tag(): void {
    const services: [Construct, string][] = [
      [this, 'data'],
      [this.database, 'database'],
      [this.resultCache, 'cache'],
      [this.limiterStore, 'cache'],
    ];
    for (const [construct, service] of services) Tags.of(construct).add('service', service, { excludeResourceTypes: ['aws:cdk:stack'] });
  }
}
