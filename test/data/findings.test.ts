import { App, CrossStackReferences, Duration, ReferenceStrength, Stack } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as rds from 'aws-cdk-lib/aws-rds';
import {
  ApiKeyStore,
  Backups,
  CacheAlarms,
  ContentBucket,
  DatabaseBootstrap,
  DatabaseBootstrapAlarms,
  DatabaseStorageGrowth,
  DataProtection,
  Durability,
  LimiterStore,
  Migrations,
  Network,
  ResultCache,
  Secrets,
  VaultLock,
  VectorDatabase,
  VectorExport,
  VectorDatabaseAlarms,
  VectorDatabaseReplica,
} from 'plinth';
import { ManagedRole } from '../../lib/governance/managed-role';
import { ALL_FLAGS, NO_FLAGS } from '../support/feature-flags';
import { findingsOf } from '../support/findings';

const env = { account: '111111111111', region: 'eu-west-1' };
const disposable = DataProtection.disposable();
const network = (stack: Stack) => new Network(stack, 'Network').vpc;

function addDatabase(stack: Stack, backups: Backups): void {
  const database = rds.DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'Database', {
    instanceIdentifier: 'database',
    instanceEndpointAddress: 'database.example.com',
    port: 5432,
    securityGroups: [],
  });
  const key = `arn:aws:kms:${env.region}:${env.account}:key/00000000-0000-0000-0000-000000000000`;
  backups.addDatabase(database, kms.Key.fromKeyArn(stack, 'DatabaseKey', key));
}

/** What the data tier can be made of, each in a stack of its own. */
const SUBJECTS: { readonly [name: string]: (stack: Stack) => void } = {
  Database: (stack) => {
    VectorDatabaseAlarms.of(new VectorDatabase(stack, 'Database', { vpc: network(stack) })).addAll();
  },
  DatabaseWithEveryOption: (stack) => {
    const vpc = network(stack);
    const replication = { region: 'eu-central-1', encryptionKeyArn: `arn:aws:kms:eu-central-1:${env.account}:key/1` };
    const database = new VectorDatabase(stack, 'Database', {
      vpc,
      size: { multiAz: false },
      backups: { retention: Duration.days(30), replication },
      readReplicas: 2,
    });
    VectorDatabaseAlarms.of(database).addAll();
    new DatabaseStorageGrowth(stack, 'StorageGrowth', { database });
    new VectorExport(stack, 'VectorExport', { vpc, database });
  },
  DatabaseBootstrap: (stack) => {
    const vpc = network(stack);
    const database = new VectorDatabase(stack, 'Database', { vpc });
    const migrations = Migrations.fromFolder('examples/migrations');
    DatabaseBootstrapAlarms.of(new DatabaseBootstrap(stack, 'Bootstrap', { vpc, database, migrations })).addAll();
  },
  DatabaseReplica: (stack) => {
    const sourceArn = `arn:aws:rds:eu-central-1:${env.account}:db:production-data-database`;
    new VectorDatabaseReplica(stack, 'Database', { vpc: network(stack), sourceArn });
  },
  Stores: (stack) => {
    const vpc = network(stack);
    const alarms = CacheAlarms.of(new ResultCache(stack, 'Results', { vpc }));
    alarms.addEvictions();
    alarms.addEngineCpu();
    CacheAlarms.of(new LimiterStore(stack, 'Limits', { vpc })).addMemory();
  },
  DisposableSingleNodes: (stack) => {
    const vpc = network(stack);
    new ResultCache(stack, 'Results', { vpc, nodeType: 'cache.t4g.small', replicas: 0, protection: disposable });
    new LimiterStore(stack, 'Limits', { vpc, nodeType: 'cache.t4g.micro', replicas: 0, protection: disposable });
  },
  DurableCache: (stack) => {
    const durability = Durability.synchronousLog();
    new ResultCache(stack, 'Results', { vpc: network(stack), nodeType: 'cache.m7g.large', shards: 2, durability });
  },
  ApiKeys: (stack) => {
    new ApiKeyStore(stack, 'Keys');
  },
  DisposableApiKeys: (stack) => {
    new ApiKeyStore(stack, 'Keys', { protection: disposable });
  },
  Secrets: (stack) => {
    new Secrets(stack, 'Secrets').addProviderKey('VertexAiKey', 'Google');
  },
  DisposableSecrets: (stack) => {
    new Secrets(stack, 'Secrets', { protection: disposable });
  },
  Bucket: (stack) => {
    new ContentBucket(stack, 'Documents');
  },
  DisposableBucket: (stack) => {
    const role = new ManagedRole(stack, 'Writer', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
    new ContentBucket(stack, 'Documents', { protection: disposable }).grantReadWrite(role);
  },
  ReplicatedBucketOfAnEarlierStack: (stack) => {
    const replication = {
      bucketArn: 'arn:aws:s3:::documents-copies',
      encryptionKeyArn: `arn:aws:kms:eu-west-3:${env.account}:key/00000000-0000-0000-0000-000000000000`,
    };
    CrossStackReferences.of(stack).consume(ReferenceStrength.STRONG);
    const content = new ContentBucket(new Stack(stack, 'Data'), 'Documents', { replication });
    content.grantReadWrite(new ManagedRole(stack, 'Writer', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') }));
  },
  Backups: (stack) => addDatabase(stack, new Backups(stack, 'Backups')),
  DisposableBackups: (stack) => addDatabase(stack, new Backups(stack, 'Backups', { retention: Duration.days(7), protection: disposable })),
  LockedBackupsWithCopies: (stack) => {
    const copyTo = backup.BackupVault.fromBackupVaultArn(stack, 'Copies', `arn:aws:backup:eu-west-3:${env.account}:backup-vault:copies`);
    addDatabase(stack, new Backups(stack, 'Backups', { copyTo, lock: VaultLock.governance(Duration.days(14)) }));
  },
};

/** One app for all, as each app that is validated costs seconds. */
function appWithAll(flags: { readonly [flag: string]: unknown }): App {
  const app = new App({ context: flags });
  for (const [name, make] of Object.entries(SUBJECTS)) make(new Stack(app, name, name.startsWith('Database') ? { env } : {}));
  return app;
}

describe.each([
  ['no feature flag', NO_FLAGS],
  ['every feature flag', ALL_FLAGS],
])('with %s', (_, flags) => {
  const { open, acknowledged } = findingsOf(appWithAll(flags));

  test('nothing has a finding', () => {
    expect(open).toEqual([]);
  });

  test.each(Object.keys(SUBJECTS))('%s has accepted findings of its own', (name) => {
    expect(acknowledged.filter(({ construct }) => construct.startsWith(`${name}/`))).not.toEqual([]);
  });

  test('findings are accepted by the table of families alone', () => {
    expect(acknowledged.filter(({ family }) => family === undefined)).toEqual([]);
  });
});
