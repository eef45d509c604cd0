import { App, Duration, Size, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { DataProtection } from '../../../lib/data/data-protection';
import { VectorDatabase, type VectorDatabaseProps } from '../../../lib/data/database';
import { database } from './builder';

const gib = (gibibytes: number) => Size.gibibytes(gibibytes);
const replication = (region: string, keyRegion = region) => ({
  retention: Duration.days(7),
  replication: { region, encryptionKeyArn: `arn:aws:kms:${keyRegion}:111111111111:key/1` },
});

test.each<[Partial<VectorDatabaseProps>, string]>([
  [{ size: { storage: gib(99) } }, 'size.storage must be 100 to 812 GiB, got 99; it grows by itself up to size.maxStorage'],
  [{ size: { storage: gib(813) } }, 'size.storage must be 100 to 812 GiB, got 813; it grows by itself up to size.maxStorage'],
  [
    { size: { storage: gib(200), maxStorage: gib(251) } },
    'size.maxStorage must be 252 GiB (1.26 times storage) to 1024 GiB, got 251; leave it out for 1024 GiB',
  ],
  [
    { size: { maxStorage: gib(1025) } },
    'size.maxStorage must be 126 GiB (1.26 times storage) to 1024 GiB, got 1025; leave it out for 1024 GiB',
  ],
  [
    { size: { maxConnections: 199 } },
    'size.maxConnections must be 200 to 500, got 199; more belong behind RDS Proxy, fewer starve the pools',
  ],
  [{ size: { maxConnections: 501 } }, 'size.maxConnections must be 200 to 500, got 501'],
  [{ size: { maxConnections: 250.5 } }, 'size.maxConnections must be 200 to 500, got 250.5'],
  [{ backups: { retention: Duration.days(0) } }, 'backups.retention must be 1 to 35 whole days, got 0 days; keep longer by AWS Backup'],
  [{ backups: { retention: Duration.days(36) } }, 'backups.retention must be 1 to 35 whole days, got 36 days; keep longer by AWS Backup'],
  [{ backups: { retention: Duration.hours(36) } }, 'backups.retention must be 1 to 35 whole days, got 1.5 days'],
  [
    { backups: { retention: Duration.days(0) }, readReplicas: 1 },
    'readReplicas must be 0 without backups, got 1; set backups.retention to 1 day or more, as replicas are made from a backup',
  ],
  [{ readReplicas: 16 }, 'readReplicas must be 0 to 15, got 16; RDS keeps no more of one source'],
  [{ readReplicas: -1 }, 'readReplicas must be 0 to 15, got -1'],
  [
    { backups: replication('eu-central-1') },
    'backups.replication.region must be another region, got eu-central-1; leave replication out to keep backups here',
  ],
  [
    { backups: replication('eu-west-1', 'eu-central-1') },
    'backups.replication.encryptionKeyArn must be the ARN of a key in eu-west-1, got arn:aws:kms:eu-central-1:111111111111:key/1; make a key in that region and pass its ARN',
  ],
  [
    { backups: replication('eu-west-1'), protection: DataProtection.disposable() },
    'backups.replication must be left out with DataProtection.disposable(), got eu-west-1; backups would stay behind there: leave it out, or take DataProtection.retained()',
  ],
])('refuses %j', (props, message) => {
  expect(() => database(props, { env: { account: '111111111111', region: 'eu-central-1' } })).toThrow(`Stack/Database: ${message}`);
});

test.each<Partial<VectorDatabaseProps>>([
  { size: { storage: gib(100), maxStorage: gib(126) } },
  { size: { storage: gib(812) } },
  { size: { maxStorage: gib(1024) } },
  { size: { maxConnections: 200 } },
  { size: { maxConnections: 500 } },
  { backups: { retention: Duration.days(1) }, readReplicas: 1 },
  { backups: { retention: Duration.days(35) } },
  { readReplicas: 15 },
  { backups: replication('eu-west-1') },
])('takes %j', (props) => {
  expect(() => database(props, { env: { account: '111111111111', region: 'eu-central-1' } })).not.toThrow();
});

test('refuses a network without isolated subnets', () => {
  const stack = new Stack(new App(), 'Stack');
  const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
  expect(() => new VectorDatabase(stack, 'Database', { vpc })).toThrow(
    'Stack/Database: vpc must be one with isolated subnets in two zones or more, got 0; pass the vpc of a Network',
  );
});

test('makes nothing when it refuses', () => {
  const stack = new Stack(new App(), 'Stack');
  const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
  expect(() => new VectorDatabase(stack, 'Database', { vpc })).toThrow('vpc must be one with isolated subnets');
  expect(stack.node.findChild('Database').node.children).toEqual([]);
});
