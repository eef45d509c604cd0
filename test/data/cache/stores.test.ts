import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import { ResultCache } from '../../../lib/data/cache';
import { DataProtection } from '../../../lib/data/data-protection';
import { cacheTemplate, limiterTemplate, resultCache, vpcOf } from './builder';

const GROUP = 'AWS::ElastiCache::ReplicationGroup';
const disposable = { protection: DataProtection.disposable(), replicas: 0, snapshotRetention: Duration.days(1) };

describe.each([
  ['ResultCache', cacheTemplate(), cacheTemplate(disposable)],
  ['LimiterStore', limiterTemplate(), limiterTemplate(disposable)],
])('%s', (_name, template, disposed) => {
  test('is a managed store that speaks Redis (REC-3.1)', () => {
    template.hasResourceProperties(GROUP, { Engine: 'valkey', EngineVersion: '8.2', AutoMinorVersionUpgrade: true });
  });

  test('has a replica in another zone with automatic failover (REC-3.3)', () => {
    template.hasResourceProperties(GROUP, { ReplicasPerNodeGroup: 1, AutomaticFailoverEnabled: true, MultiAZEnabled: true });
  });

  test('keeps daily snapshots for 15 days (REC-3.4)', () => {
    template.hasResourceProperties(GROUP, { SnapshotRetentionLimit: 15, SnapshotWindow: '03:00-04:00' });
  });

  test('keeps snapshots for a day where a stage says so', () => {
    disposed.hasResourceProperties(GROUP, { SnapshotRetentionLimit: 1 });
  });

  test('refuses connections without TLS (REC-8.1)', () => {
    template.hasResourceProperties(GROUP, { TransitEncryptionEnabled: true, TransitEncryptionMode: 'required' });
  });

  test('encrypts data and snapshots under a key that rotates (REC-13.2)', () => {
    template.hasResourceProperties(GROUP, {
      AtRestEncryptionEnabled: true,
      KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('ValkeyKey'), 'Arn'] },
    });
    template.allResourcesProperties('AWS::KMS::Key', { EnableKeyRotation: true });
  });

  test('stands in the isolated subnets', () => {
    template.hasResourceProperties('AWS::ElastiCache::SubnetGroup', {
      SubnetIds: [1, 2].map((number) => ({ Ref: Match.stringLikeRegexp(`IsolatedSubnet${number}`) })),
    });
  });

  test.each([
    ['slow-log', 'SlowLog'],
    ['engine-log', 'EngineLog'],
  ])('writes its %s as JSON to an encrypted group', (logType, id) => {
    const [logGroup] = Object.keys(template.findResources('AWS::Logs::LogGroup', { Properties: { KmsKeyId: Match.anyValue() } })).filter(
      (found) => found.includes(id),
    );
    template.hasResourceProperties(GROUP, {
      LogDeliveryConfigurations: Match.arrayWith([
        {
          LogType: logType,
          LogFormat: 'json',
          DestinationType: 'cloudwatch-logs',
          DestinationDetails: { CloudWatchLogsDetails: { LogGroup: { Ref: logGroup } } },
        },
      ]),
    });
  });

  test('is resharded and scaled online, not replaced', () => {
    template.hasResource(GROUP, { UpdatePolicy: { UseOnlineResharding: true } });
  });

  test.each(['ReplicationGroup', 'ParameterGroup', 'SubnetGroup', 'User', 'UserGroup'])('keeps its %s when it is retained', (type) => {
    template.allResources(`AWS::ElastiCache::${type}`, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  });

  test.each(['AWS::KMS::Key', 'AWS::Logs::LogGroup', 'AWS::SecretsManager::Secret', 'AWS::EC2::SecurityGroup'])(
    'keeps its %s when it is retained',
    (type) => {
      template.allResources(type, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    },
  );

  test('leaves nothing behind when it is disposable', () => {
    const left = Object.entries(disposed.toJSON().Resources as { [id: string]: { DeletionPolicy?: string; UpdateReplacePolicy?: string } })
      .filter(
        ([, { DeletionPolicy = 'Delete', UpdateReplacePolicy = 'Delete' }]) =>
          DeletionPolicy !== 'Delete' || UpdateReplacePolicy !== 'Delete',
      )
      .map(([id]) => id);
    expect(left).toEqual([]);
  });

  test('is one node without failover when it has no replica', () => {
    disposed.hasResourceProperties(GROUP, {
      ClusterMode: 'disabled',
      NumNodeGroups: 1,
      ReplicasPerNodeGroup: 0,
      AutomaticFailoverEnabled: false,
      MultiAZEnabled: false,
    });
  });
});

test('takes no snapshot during maintenance, and maintains one store at a time', () => {
  const groups = [cacheTemplate(), limiterTemplate()].flatMap((template) => Object.values(template.findResources(GROUP)));
  const windows = groups.map(({ Properties }) => String(Properties.PreferredMaintenanceWindow).replaceAll('sun:', ''));

  const inOrder = [groups[0].Properties.SnapshotWindow, ...windows].flatMap((window) => String(window).split('-'));

  expect(inOrder).toHaveLength(6);
  expect(inOrder).toEqual(inOrder.toSorted());
});

test('takes the keys it is given and makes none', () => {
  const { stack } = resultCache();
  const vpc = vpcOf(new Stack(stack, 'Other'));
  const keys = new Stack(stack, 'Keys');
  const own = new Stack(stack, 'Own');
  const [encryptionKey, logKey] = ['Data', 'Logs'].map((id) => new kms.Key(keys, id));

  new ResultCache(own, 'Results', { vpc, encryptionKey, logKey });

  Template.fromStack(own).resourceCountIs('AWS::KMS::Key', 0);
});
