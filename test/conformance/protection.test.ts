import type { CloudFormationTemplate } from '../../lib/assembly';
import { findingOf, stageOf } from './support';

type Resources = NonNullable<CloudFormationTemplate['Resources']>;

const KEY = 'arn:aws:kms:eu-central-1:111111111111:key/0a1b2c3d-0000-1111-2222-333344445555';

function stage(resources: Resources) {
  return stageOf({ data: { Resources: resources } });
}

function one(type: string, properties: { readonly [name: string]: unknown } = {}) {
  return stage({ Subject: { Type: type, Properties: properties } });
}

const refusal = (Action: string, Effect = 'Deny') => ({
  Statement: [{ Effect, Action, Principal: { AWS: '*' }, Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
});

const backupsTo = (copies: unknown) => ({ BackupPlan: { BackupPlanRule: [{ CopyActions: copies }] } });
const copyOfBucket = (destination: object) => ({ ReplicationConfiguration: { Rules: [{ Destination: destination }] } });

describe('REC-13.1', () => {
  test.each([
    ['AWS::S3::Bucket', 'Properties.ReplicationConfiguration'],
    ['AWS::SecretsManager::Secret', 'Properties.ReplicaRegions'],
    ['AWS::RDS::DBInstance', 'Properties.AutomaticBackupReplicationRegion'],
    ['AWS::ElastiCache::ReplicationGroup', 'Properties.GlobalReplicationGroupId'],
  ])('is met by %s without a copy, and shows where none is', (type, path) => {
    expect(findingOf('REC-13.1', one(type))).toEqual({ status: 'met', evidence: [{ stack: 'data', logicalId: 'Subject', path }] });
  });

  test.each<[string, string, { readonly [name: string]: unknown }]>([
    ['a bucket', 'AWS::S3::Bucket', copyOfBucket({ Bucket: 'arn:aws:s3:::copy', EncryptionConfiguration: { ReplicaKmsKeyID: KEY } })],
    ['a secret', 'AWS::SecretsManager::Secret', { ReplicaRegions: [{ Region: 'eu-central-1', KmsKeyId: KEY }] }],
    [
      'the backups of a database',
      'AWS::RDS::DBInstance',
      { AutomaticBackupReplicationRegion: 'eu-central-1', AutomaticBackupReplicationKmsKeyId: KEY },
    ],
    ['a database', 'AWS::RDS::DBInstance', { SourceDBInstanceIdentifier: 'arn:aws:rds:eu-west-1:111111111111:db:main', KmsKeyId: KEY }],
    [
      'a backup',
      'AWS::Backup::BackupPlan',
      backupsTo([{ DestinationBackupVaultArn: 'arn:aws:backup:eu-central-1:111111111111:backup-vault:copies' }]),
    ],
    ['a table', 'AWS::DynamoDB::GlobalTable', { Replicas: [{ Region: 'eu-west-1' }, { Region: 'eu-central-1' }] }],
  ])('is met by a copy of %s that names where it goes and what encrypts it there', (_, type, properties) => {
    expect(findingOf('REC-13.1', one(type, properties)).status).toBe('met');
  });

  test.each<[string, string, { readonly [name: string]: unknown }, string]>([
    [
      'a bucket',
      'AWS::S3::Bucket',
      copyOfBucket({ Bucket: 'arn:aws:s3:::copy' }),
      'a bucket: ReplicationConfiguration must name a bucket and its key for each copy, got ',
    ],
    [
      'a secret',
      'AWS::SecretsManager::Secret',
      { ReplicaRegions: [{ Region: 'eu-central-1' }] },
      'a secret: ReplicaRegions must name a region and its key for each copy, got ',
    ],
    [
      'the backups of a database',
      'AWS::RDS::DBInstance',
      { AutomaticBackupReplicationRegion: 'eu-central-1' },
      'a database whose backups are copied: AutomaticBackupReplicationKmsKeyId must read ',
    ],
    [
      'a database',
      'AWS::RDS::DBInstance',
      { SourceDBInstanceIdentifier: 'arn:aws:rds:eu-west-1:111111111111:db:main' },
      'a replica of a database elsewhere: KmsKeyId must read ',
    ],
    ['a backup', 'AWS::Backup::BackupPlan', backupsTo([{}]), 'a rule that backs up: CopyActions must name a vault for each copy, got '],
  ])('is unmet by a copy of %s that does not', (_, type, properties, reason) => {
    const finding = findingOf('REC-13.1', one(type, properties));

    expect(finding.status).toBe('unmet');
    expect(finding.reason).toContain(reason);
  });
});

describe('REC-13.2', () => {
  test.each([
    ['AWS::S3::Bucket', 'a bucket: BucketEncryption.'],
    ['AWS::RDS::DBInstance', 'a database: StorageEncrypted must be true, got nothing'],
    ['AWS::ElastiCache::ReplicationGroup', 'a cache: AtRestEncryptionEnabled must be true, got nothing'],
    ['AWS::DynamoDB::Table', 'a table: SSESpecification.SSEEnabled must be true, got nothing'],
    ['AWS::EFS::FileSystem', 'a file system: Encrypted must be true, got nothing'],
    ['AWS::Logs::LogGroup', 'a log group: KmsKeyId must refer to a key or '],
    ['AWS::SecretsManager::Secret', 'a secret: KmsKeyId must refer to a key or '],
    ['AWS::Backup::BackupVault', 'a vault of backups: EncryptionKeyArn must refer to a key or '],
    ['AWS::SNS::Topic', 'a topic: KmsMasterKeyId must refer to a key or '],
    ['AWS::SQS::Queue', 'a queue without a key: SqsManagedSseEnabled must be true, got nothing'],
  ])('is unmet by %s that does not say that it is encrypted at rest', (type, reason) => {
    const finding = findingOf('REC-13.2', one(type));

    expect(finding.status).toBe('unmet');
    expect(finding.reason).toContain(reason);
  });

  const encrypted = { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }] };
  const stores: readonly [string, string, object, string, (policy: object) => object, string][] = [
    [
      'bucket',
      'AWS::S3::Bucket',
      { BucketEncryption: encrypted },
      'AWS::S3::BucketPolicy',
      (policy) => ({ Bucket: { Ref: 'Subject' }, ...policy }),
      's3:*',
    ],
    [
      'queue',
      'AWS::SQS::Queue',
      { SqsManagedSseEnabled: true },
      'AWS::SQS::QueuePolicy',
      (policy) => ({ Queues: [{ Ref: 'Subject' }], ...policy }),
      'sqs:*',
    ],
    [
      'topic',
      'AWS::SNS::Topic',
      { KmsMasterKeyId: KEY },
      'AWS::SNS::TopicPolicy',
      (policy) => ({ Topics: [{ Ref: 'Subject' }], ...policy }),
      'sns:Publish',
    ],
  ];

  test.each(stores)('is met by a %s whose policy refuses what comes without TLS', (_, Type, Properties, policy, named, action) => {
    const resources = { Subject: { Type, Properties }, Policy: { Type: policy, Properties: named({ PolicyDocument: refusal(action) }) } };

    expect(findingOf('REC-13.2', stage(resources as Resources)).status).toBe('met');
  });

  test.each(stores)('is unmet by a %s whose policy lets it in', (what, Type, Properties, policy, named, action) => {
    const document = { PolicyDocument: refusal(action, 'Allow') };
    const resources = { Subject: { Type, Properties }, Policy: { Type: policy, Properties: named(document) } };

    expect(findingOf('REC-13.2', stage(resources as Resources))).toMatchObject({
      status: 'unmet',
      reason: `there must be no ${what} without a policy that refuses what comes without TLS, found 1`,
    });
  });

  const postgres = (parameters: object) =>
    stage({
      Subject: { Type: 'AWS::RDS::DBInstance', Properties: { StorageEncrypted: true, DBParameterGroupName: { Ref: 'Parameters' } } },
      Parameters: { Type: 'AWS::RDS::DBParameterGroup', Properties: { Parameters: parameters } },
    });

  test.each([{ 'rds.force_ssl': '1' }, { require_secure_transport: 'ON' }])('is met by a database with %j', (parameters) => {
    expect(findingOf('REC-13.2', postgres(parameters)).status).toBe('met');
  });

  test('is unmet by a database that lets clients in without TLS', () => {
    expect(findingOf('REC-13.2', postgres({ 'rds.force_ssl': '0' })).reason).toContain(
      'the parameters of a database: Parameters["rds.force_ssl"] must be 1, got 0',
    );
  });

  test('is unmet by a cache that prefers TLS', () => {
    const cache = { AtRestEncryptionEnabled: true, TransitEncryptionEnabled: true, TransitEncryptionMode: 'preferred' };

    expect(findingOf('REC-13.2', one('AWS::ElastiCache::ReplicationGroup', cache)).reason).toBe(
      'a cache: TransitEncryptionMode must be required, got preferred',
    );
  });
});

test.each(['REC-2.7', 'CTX-9.2'])('%s is unmet by a database without backups, as no replica can be made of it', (demand) => {
  expect(findingOf(demand, one('AWS::RDS::DBInstance')).reason).toContain('a database: BackupRetentionPeriod must be 1 to 35, got nothing');
});
