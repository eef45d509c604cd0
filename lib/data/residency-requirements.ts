import { isObject, shown } from '../assembly';
import { absentOr, type Assertion, every, exists, onlyIfGiven, whenever } from '../conformance/assertions';
import { given, matches, type Predicate, reads } from '../conformance/predicates';
import { type Requirement, requirement } from '../conformance/requirement';
import { places, resources, type Selector, union, where } from '../conformance/selectors';

const REGION = /^([a-z]{2}(-[a-z]+)+-\d|\$\{AWS::Region\})$/;
/** A key by its ARN, or one of the stage. */
const KEY = /^arn:[^:]+:kms:|^\$\{/;
/** A vault by its ARN, or one of the stage. */
const VAULT = /^arn:[^:]+:backup:|^\$\{/;

/** AWS puts five letters before the suffix that the owner chose. */
const GLOBAL_CACHE = /^[a-z]{5}-|^\$\{/;

const buckets = resources('AWS::S3::Bucket');
const secrets = resources('AWS::SecretsManager::Secret');
const plans = resources('AWS::Backup::BackupPlan');
const instances = resources('AWS::RDS::DBInstance');
const clusters = resources('AWS::RDS::DBCluster');
const caches = resources('AWS::ElastiCache::ReplicationGroup');
const globalCaches = resources('AWS::ElastiCache::GlobalReplicationGroup');
const tables = resources('AWS::DynamoDB::GlobalTable');
const stores = union(buckets, secrets, plans, instances, clusters, caches, globalCaches, tables);

/** A source in the same region goes by its identifier. */
const replicasOfElsewhere = where(instances, 'SourceDBInstanceIdentifier', matches(/^arn:/));

/** Copies that each say where they go, and with which key. */
function copiesWith(says: string, listed: (value: unknown) => unknown, named: { readonly [path: string]: RegExp }): Predicate {
  return {
    says,
    holds: (value) => {
      const copies = listed(value);
      return Array.isArray(copies) && copies.every((copy) => Object.entries(named).every(([path, text]) => text.test(textAt(copy, path))));
    },
  };
}

function textAt(value: unknown, path: string): string {
  const found = path.split('.').reduce<unknown>((rest, name) => (isObject(rest) ? rest[name] : undefined), value);
  return found === undefined ? '' : String(shown(found));
}

function keyed(what: string, subjects: Selector, path: string): Assertion {
  return whenever((view) => subjects(view).length > 0, every(what, subjects, path, reads(KEY)));
}

/**
 * What the demands ask of where data is kept. Whether somebody asked for a copy stands in no template: one that names where it goes, and
 * what encrypts it there, is taken for asked for.
 * @internal
 */
export const residencyRequirements: readonly Requirement[] = [
  requirement(
    'REC-13.1',
    stores,
    exists('a store of data', stores),
    absentOr(
      'a bucket',
      buckets,
      'ReplicationConfiguration',
      copiesWith('name a bucket and its key for each copy', (value) => (isObject(value) ? value.Rules : undefined), {
        'Destination.Bucket': /./,
        'Destination.EncryptionConfiguration.ReplicaKmsKeyID': KEY,
      }),
    ),
    absentOr(
      'a secret',
      secrets,
      'ReplicaRegions',
      copiesWith('name a region and its key for each copy', (value) => value, { Region: REGION, KmsKeyId: /./ }),
    ),
    absentOr(
      'a rule that backs up',
      places(plans, 'BackupPlan.BackupPlanRule[*]'),
      'CopyActions',
      copiesWith('name a vault for each copy', (value) => value, { DestinationBackupVaultArn: VAULT }),
    ),
    absentOr('a database', instances, 'AutomaticBackupReplicationRegion', matches(REGION)),
    keyed(
      'a database whose backups are copied',
      where(instances, 'AutomaticBackupReplicationRegion', given),
      'AutomaticBackupReplicationKmsKeyId',
    ),
    absentOr('a cache', caches, 'GlobalReplicationGroupId', reads(GLOBAL_CACHE)),
    keyed('a replica of a database elsewhere', replicasOfElsewhere, 'KmsKeyId'),
    keyed('a cluster of a global database', where(clusters, 'GlobalClusterIdentifier', given), 'KmsKeyId'),
    keyed('a cache of a global one', where(caches, 'GlobalReplicationGroupId', given), 'KmsKeyId'),
    onlyIfGiven('a copy of a cache', globalCaches, 'Members[*].ReplicationGroupRegion', reads(REGION)),
    onlyIfGiven('a copy of a table', tables, 'Replicas[*].Region', reads(REGION)),
  ),
];
