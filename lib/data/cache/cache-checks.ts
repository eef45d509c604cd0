import { Token, type Duration } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { Durability } from './durability';

interface Topology {
  readonly vpc: IVpc;
  readonly nodeType: string;
  readonly shards: number;
  readonly replicas: number;
  readonly snapshotRetention: Duration;
  readonly durability?: Durability;
}

/** The families whose nodes take part in a log over zones. */
const LOG_FAMILIES = ['c7gn', 'c8gn', 'm6g', 'm7g', 'm8g', 'r6g', 'r7g', 'r8g'];

/** How many nodes a replication group has until its quota is raised. */
const MOST_NODES = 90;

/**
 * Names the first fault of a store's props: what CloudFormation accepts and ElastiCache then refuses.
 * @internal
 */
export function checkStore(scope: Construct, topology: Topology): void {
  const { vpc, nodeType, shards, replicas, snapshotRetention, durability } = topology;
  const fault = (prop: string, allowed: string, given: unknown, change: string) =>
    new Error(`${scope.node.path}: ${prop} must be ${allowed}, got ${String(given)}; ${change}`);

  if (!Token.isUnresolved(nodeType) && !/^cache\.[a-z]\w+\.[0-9a-z]+$/.test(nodeType)) {
    throw fault('nodeType', 'a node type of ElastiCache', nodeType, 'write it as cache.t4g.medium');
  }
  if (!Number.isInteger(replicas) || replicas < 0 || replicas > 2) {
    throw fault('replicas', '0 to 2', replicas, 'take 1, or 0 for a single node without failover');
  }
  if (!Number.isInteger(shards) || shards < 1 || shards * (replicas + 1) > MOST_NODES) {
    const most = Math.floor(MOST_NODES / (replicas + 1));
    throw fault('shards', `1 to ${most} with ${replicas} replicas`, shards, `${MOST_NODES} nodes are the quota of one store`);
  }
  if (replicas === 0 && shards > 1) {
    throw fault(
      'replicas',
      `1 or 2 with ${shards} shards`,
      replicas,
      'a cluster of shards must fail over: add a replica or take one shard',
    );
  }
  const zones = new Set(vpc.isolatedSubnets.map((subnet) => subnet.availabilityZone)).size;
  if (zones < (replicas > 0 ? 2 : 1)) {
    const allowed = `a network with isolated subnets in ${replicas > 0 ? 'two zones' : 'a zone'}`;
    throw fault('vpc', allowed, `subnets in ${zones}`, 'take the vpc of a Network');
  }
  if (!Token.isUnresolved(snapshotRetention)) {
    const days = snapshotRetention.toDays({ integral: false });
    if (!Number.isInteger(days) || days < 1 || days > 35) {
      throw fault('snapshotRetention', '1 to 35 whole days', `${days} days`, 'copy snapshots to S3 to keep them longer');
    }
  }
  if (!durability?.logMode) return;
  if (replicas === 0) {
    throw fault('durability', 'by snapshots without a replica', `a ${durability.logMode} log`, 'add a replica: the log needs cluster mode');
  }
  const family = nodeType.split('.')[1];
  if (!Token.isUnresolved(nodeType) && !LOG_FAMILIES.includes(family)) {
    const change = `take a node of ${LOG_FAMILIES.join(', ')}`;
    throw fault('durability', `by snapshots on ${nodeType}`, `a ${durability.logMode} log`, change);
  }
}
