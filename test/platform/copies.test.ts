import { App, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { type BackupCopies, Domain, PlatformStage, type PlatformStageProps, ServiceImage, StageSizing } from 'plinth';

const KEY = 'arn:aws:kms:eu-west-1:333333333333:key/00000000-0000-0000-0000-000000000000';
const VAULT = 'arn:aws:backup:eu-west-1:333333333333:backup-vault:copies';
const replication = { region: 'eu-west-1', encryptionKeyArn: KEY };

function stageOf(props: Partial<PlatformStageProps>): PlatformStage {
  return new PlatformStage(new App(), 'Stage', {
    stage: 'production',
    env: { account: '333333333333', region: 'eu-central-1' },
    image: ServiceImage.fromRegistry('x/y:1'),
    domain: Domain.inZone('Z1', 'api.example.com'),
    costAllocation: { project: 'shop', team: 'platform' },
    ...props,
  });
}

const templateOf = (stage: PlatformStage, tier: string) => Template.fromStack(stage.node.findChild(tier) as Stack);

function environmentOf(service: Template): { readonly [name: string]: unknown } {
  const [task] = Object.values(service.findResources('AWS::ECS::TaskDefinition'));
  const app = task.Properties.ContainerDefinitions.find(({ Name }: { Name: string }) => Name === 'app');
  return Object.fromEntries(app.Environment.map(({ Name, Value }: { Name: string; Value: unknown }) => [Name, Value]));
}

describe('a stage that asked', () => {
  const stage = stageOf({ sizing: StageSizing.production({ readReplicas: 2 }), backupCopies: { replication, vaultArn: VAULT } });
  const [data, service] = [templateOf(stage, 'Data'), templateOf(stage, 'Service')];

  test('REC-2.7 has as many read replicas as its sizing says', () => {
    const replicas = data.findResources('AWS::RDS::DBInstance', {
      Properties: { SourceDBInstanceIdentifier: Match.anyValue() },
    });
    expect(Object.keys(replicas)).toHaveLength(2);
  });

  test('tells its tasks the address of the first replica, and lets them log in to each', () => {
    expect(JSON.stringify(environmentOf(service).DATABASE_READ_HOST)).toMatch(/TierDatabaseReplica1\w+EndpointAddress/);
    const connect = Object.values(service.findResources('AWS::IAM::ManagedPolicy'))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .filter(({ Action }) => Action === 'rds-db:connect');
    expect(JSON.stringify(connect)).toMatch(/Replica1.*Replica2/);
  });

  test('REC-2.15 replicates the backups of its database to the region that it names, under the key that it names', () => {
    data.hasResourceProperties('AWS::RDS::DBInstance', {
      AutomaticBackupReplicationRegion: 'eu-west-1',
      AutomaticBackupReplicationKmsKeyId: KEY,
    });
  });

  test('REC-9.1 copies each daily backup to the vault that it names', () => {
    data.hasResourceProperties('AWS::Backup::BackupPlan', {
      BackupPlan: { BackupPlanRule: [Match.objectLike({ CopyActions: [Match.objectLike({ DestinationBackupVaultArn: VAULT })] })] },
    });
  });
});

describe('a stage that did not ask', () => {
  const stage = stageOf({});
  const [data, service] = [templateOf(stage, 'Data'), templateOf(stage, 'Service')];

  test('REC-13.1 keeps its data in its region', () => {
    data.resourceCountIs('AWS::RDS::DBInstance', 1);
    expect(JSON.stringify(data.toJSON())).not.toMatch(/CopyActions|AutomaticBackupReplication|SourceDBInstanceIdentifier/);
  });

  test('tells its tasks of no replica', () => {
    expect(environmentOf(service)).not.toHaveProperty('DATABASE_READ_HOST');
  });
});

test.each<[string, Partial<PlatformStageProps>, string]>([
  [
    'copies to what is no vault',
    { backupCopies: { vaultArn: 'copies' } },
    'Stage: backupCopies.vaultArn must be the ARN of a backup vault, got copies; take it from the stack of the other vault',
  ],
  [
    'replication to its own region',
    { backupCopies: { replication: { ...replication, region: 'eu-central-1' } } },
    'Stage/Data/Tier/Database: backups.replication.region must be another region, got eu-central-1; leave replication out to keep backups here',
  ],
  [
    'more replicas than RDS keeps',
    { sizing: StageSizing.production({ readReplicas: 16 }) },
    'Stage/Data/Tier/Database: readReplicas must be 0 to 15, got 16; RDS keeps no more of one source',
  ],
  [
    'replication of what is disposable',
    { stage: 'dev', backupCopies: { replication } },
    'Stage/Data/Tier/Database: backups.replication must be left out with DataProtection.disposable(), got eu-west-1; ' +
      'backups would stay behind there: leave it out, or take DataProtection.retained()',
  ],
  [
    'copies of what is disposable',
    { stage: 'dev', backupCopies: { vaultArn: VAULT } satisfies BackupCopies },
    'Stage/Data/Tier/Backups: copyTo must be left out with DataProtection.disposable(), got one; ' +
      'copies would stay behind in the other vault: leave it out, or take DataProtection.retained()',
  ],
])('refuses %s', (_what, props, message) => {
  expect(() => stageOf(props)).toThrow(message);
});
