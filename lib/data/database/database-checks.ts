import { Arn, ArnFormat, Stack, Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { DataProtection } from '../data-protection';
import { BACKUP_RETENTION, type DatabaseBackups } from './database-backups';
import { type FullSize, MOST_STORAGE } from './database-size';

/** Below this, RDS grows the disk by less than one step before it is at its limit, and says so in an event for ever. */
const GROWTH = 1.26;
const LEAST_STORAGE = 100;
const MOST_TO_BEGIN_WITH = Math.floor(MOST_STORAGE.toGibibytes() / GROWTH);
const MOST_REPLICAS = 15;

type Fault = (prop: string, allowed: string, given: unknown, change: string) => Error;

function faultOf(scope: Construct): Fault {
  return (prop, allowed, given, change) => new Error(`${scope.node.path}: ${prop} must be ${allowed}, got ${String(given)}; ${change}`);
}

/**
 * A group of subnets needs two zones, also with one instance.
 * @internal
 */
export function checkIsolatedSubnets(scope: Construct, vpc: ec2.IVpc): void {
  const zones = new Set(vpc.isolatedSubnets.map(({ availabilityZone }) => availabilityZone)).size;
  if (zones < 2) throw faultOf(scope)('vpc', 'one with isolated subnets in two zones or more', zones, 'pass the vpc of a Network');
}

/** @internal */
export function checkSize(scope: Construct, { storage, maxStorage, maxConnections }: FullSize): void {
  const fault = faultOf(scope);
  const [from, to] = [storage.toGibibytes(), maxStorage.toGibibytes()];
  if (!isWithin(from, LEAST_STORAGE, MOST_TO_BEGIN_WITH)) {
    throw fault('size.storage', `${LEAST_STORAGE} to ${MOST_TO_BEGIN_WITH} GiB`, from, 'it grows by itself up to size.maxStorage');
  }
  const least = Math.ceil(from * GROWTH);
  if (!isWithin(to, least, MOST_STORAGE.toGibibytes())) {
    const allowed = `${least} GiB (${GROWTH} times storage) to ${MOST_STORAGE.toGibibytes()} GiB`;
    throw fault('size.maxStorage', allowed, to, `leave it out for ${MOST_STORAGE.toGibibytes()} GiB`);
  }
  if (!isWithin(maxConnections, 200, 500)) {
    throw fault('size.maxConnections', '200 to 500', maxConnections, 'more belong behind RDS Proxy, fewer starve the pools');
  }
}

/** @internal */
export function checkBackups(scope: Construct, backups: DatabaseBackups, replicas: number, protection: DataProtection): void {
  const { retention = BACKUP_RETENTION, replication } = backups;
  const fault = faultOf(scope);
  const days = retention.toDays({ integral: false });
  if (replicas > 0 && days === 0) {
    throw fault(
      'readReplicas',
      '0 without backups',
      replicas,
      'set backups.retention to 1 day or more, as replicas are made from a backup',
    );
  }
  if (!isWithin(days, 1, 35)) {
    throw fault('backups.retention', '1 to 35 whole days', `${days} days`, 'keep longer by AWS Backup');
  }
  if (!isWithin(replicas, 0, MOST_REPLICAS)) {
    throw fault('readReplicas', `0 to ${MOST_REPLICAS}`, replicas, 'RDS keeps no more of one source');
  }
  if (!replication) return;
  if (replication.region === Stack.of(scope).region) {
    throw fault('backups.replication.region', 'another region', replication.region, 'leave replication out to keep backups here');
  }
  checkKeyRegion(fault, replication.encryptionKeyArn, replication.region);
  if (protection._disposable) {
    const change = 'backups would stay behind there: leave it out, or take DataProtection.retained()';
    throw fault('backups.replication', 'left out with DataProtection.disposable()', replication.region, change);
  }
}

/** @internal */
export function checkSource(scope: Construct, sourceArn: string): void {
  if (Token.isUnresolved(sourceArn)) return;
  const fault = faultOf(scope);
  if (!/^arn:[\w-]+:rds:[\w-]+:\d{12}:db:[a-z][a-z0-9-]*$/.test(sourceArn)) {
    throw fault('sourceArn', 'the ARN of an RDS instance', sourceArn, 'take instance.instanceArn of the VectorDatabase');
  }
  const { region } = Arn.split(sourceArn, ArnFormat.COLON_RESOURCE_NAME);
  if (region === Stack.of(scope).region) {
    throw fault('sourceArn', 'of another region', region, 'use readReplicas of the VectorDatabase within one region');
  }
}

/**
 * A name with a slash or a star in it would be the ARN of another user, or of all.
 * @internal
 */
export function checkDatabaseUser(scope: Construct, name: string): void {
  if (Token.isUnresolved(name) || /^[A-Za-z_][\w$-]{0,62}$/.test(name)) return;
  throw faultOf(scope)('databaseUser', 'the name of one user', name, 'write it as in CREATE ROLE');
}

function checkKeyRegion(fault: Fault, keyArn: string, region: string): void {
  if (Token.isUnresolved(keyArn) || Token.isUnresolved(region)) return;
  const given = /^arn:[\w-]+:kms:([\w-]+):\d{12}:key\/[\w-]+$/.exec(keyArn)?.[1];
  if (given === region) return;
  throw fault(
    'backups.replication.encryptionKeyArn',
    `the ARN of a key in ${region}`,
    keyArn,
    'make a key in that region and pass its ARN',
  );
}

function isWithin(value: number, least: number, most: number): boolean {
  return Token.isUnresolved(value) || (Number.isInteger(value) && value >= least && value <= most);
}
