import { Duration } from 'aws-cdk-lib';
import { DataProtection } from '../../../lib/data/data-protection';
import { databaseTemplate, resourcesOf, theResource } from './builder';

const INSTANCE = 'AWS::RDS::DBInstance';
const retained = databaseTemplate({ readReplicas: 1 });
const disposable = databaseTemplate({ protection: DataProtection.disposable(), readReplicas: 1 });
/** What RDS refuses to lose while the instance stands, what holds data, and what data cannot be read without. */
const KEPT = [
  INSTANCE,
  'AWS::RDS::DBSubnetGroup',
  'AWS::RDS::DBParameterGroup',
  'AWS::KMS::Key',
  'AWS::SecretsManager::Secret',
  'AWS::Logs::LogGroup',
];
const ofType = (template: typeof retained, type: string) => Object.values(resourcesOf(template)).filter(({ Type }) => Type === type);

describe('retained', () => {
  test.each(KEPT)('keeps every %s, but what a failed first deployment made', (type) => {
    expect(new Set(ofType(retained, type).map(({ DeletionPolicy }) => DeletionPolicy))).toEqual(new Set(['RetainExceptOnCreate']));
    expect(new Set(ofType(retained, type).map(({ UpdateReplacePolicy }) => UpdateReplacePolicy))).toEqual(new Set(['Retain']));
  });

  test("keeps the database's security group, which it wears", () => {
    expect(theResource(retained, 'AWS::EC2::SecurityGroup', /AccessDatabase/).DeletionPolicy).toBe('RetainExceptOnCreate');
  });

  test('refuses to be deleted', () => {
    retained.allResourcesProperties(INSTANCE, { DeletionProtection: true });
  });

  test('keeps its backups when it is deleted', () => {
    retained.allResourcesProperties(INSTANCE, { DeleteAutomatedBackups: false });
  });
});

describe('disposable', () => {
  test('keeps nothing at all', () => {
    const kept = Object.entries(resourcesOf(disposable)).filter(
      ([, { DeletionPolicy = 'Delete', UpdateReplacePolicy = 'Delete' }]) =>
        DeletionPolicy !== 'Delete' || UpdateReplacePolicy !== 'Delete',
    );
    expect(kept.map(([id]) => id)).toEqual([]);
  });

  test.each(KEPT)('deletes every %s', (type) => {
    expect(new Set(ofType(disposable, type).map(({ DeletionPolicy }) => DeletionPolicy ?? 'Delete'))).toEqual(new Set(['Delete']));
  });

  test('lets itself be deleted', () => {
    disposable.allResourcesProperties(INSTANCE, { DeletionProtection: false });
  });

  test('takes its backups with it', () => {
    disposable.allResourcesProperties(INSTANCE, { DeleteAutomatedBackups: true });
  });
});

describe('backups', () => {
  test('go back seven days', () => {
    expect(theResource(retained, INSTANCE, /^Database[0-9A-F]{8}$/).Properties.BackupRetentionPeriod).toBe(7);
  });

  test.each([1, 30, 35])('go back the %d days that were asked for', (days) => {
    databaseTemplate({ backups: { retention: Duration.days(days) } }).hasResourceProperties(INSTANCE, { BackupRetentionPeriod: days });
  });

  test('carry the tags of the instance', () => {
    retained.allResourcesProperties(INSTANCE, { CopyTagsToSnapshot: true });
  });

  test('stay in their region', () => {
    expect(JSON.stringify(retained.toJSON())).not.toContain('AutomaticBackupReplication');
  });

  test('are kept in another region as well, under a key of that region, when asked', () => {
    const encryptionKeyArn = 'arn:aws:kms:eu-west-1:111111111111:key/1';
    databaseTemplate({
      backups: { retention: Duration.days(14), replication: { region: 'eu-west-1', encryptionKeyArn } },
    }).hasResourceProperties(INSTANCE, {
      AutomaticBackupReplicationRegion: 'eu-west-1',
      AutomaticBackupReplicationKmsKeyId: encryptionKeyArn,
      AutomaticBackupReplicationRetentionPeriod: 14,
    });
  });
});
