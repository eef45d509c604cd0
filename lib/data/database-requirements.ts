import { type Assertion, every, isDev, onlyIfGiven, onRequest, relaxed, whenever } from '../conformance/assertions';
import { atLeast, between, equals, given, matches, oneOf, type Predicate, reads, refersTo } from '../conformance/predicates';
import { type Requirement, requirement } from '../conformance/requirement';
import { except, referredBy, resources, where } from '../conformance/selectors';
import type { StageView } from '../conformance/stage-view';

/** Databases and their read replicas; members of Aurora clusters have their settings elsewhere. */
export const instances = except(resources('AWS::RDS::DBInstance'), 'DBClusterIdentifier', given);
const replicas = where(instances, 'SourceDBInstanceIdentifier', given);

/** Databases that take writes. */
export const databases = except(instances, 'SourceDBInstanceIdentifier', given);

const parameterGroups = referredBy(databases, 'DBParameterGroupName');
const keys = resources('AWS::KMS::Key');
const secrets = resources('AWS::SecretsManager::Secret');

const isProduction = ({ environment }: StageView) => environment === 'production';

/** 4 vCPU and 16 GB, or more. */
const LARGE = /^db\.(t3|t4g|[mr]\d\w*)\.\d*xlarge$/;
/** 2 vCPU and 4 GB, or more. */
const SMALL = /^db\.(t3|t4g|[mr]\d\w*)\.(medium|\d*x?large)$/;

const ofDatabase = (path: string, predicate: Predicate): Assertion => every('a database', databases, path, predicate);
const ofParameters = (name: string, predicate: Predicate): Assertion =>
  every('the parameters of a database', parameterGroups, `Parameters["${name}"]`, predicate);

const backsUp = ofDatabase('BackupRetentionPeriod', between(1, 35));
/** Passwords that RDS manages itself rule replicas out. */
const ownsItsPassword = ofDatabase('MasterUserPassword', refersTo('a secret', secrets));
const ownsItsKey = ofDatabase('KmsKeyId', refersTo('a key', keys));

/** What makes replicas possible, and what those that were asked for are. */
const hasReplicasOnRequest = [
  backsUp,
  ownsItsPassword,
  onlyIfGiven('a read replica', replicas, 'StorageEncrypted', equals(true)),
  onRequest(replicas, 'no read replica was asked for: judged is what one needs, backups and a password of our own'),
];

/** A source in the same region goes by its identifier. */
const replicasOfElsewhere = where(replicas, 'SourceDBInstanceIdentifier', matches(/^arn:/));
const copiedElsewhere = where(databases, 'AutomaticBackupReplicationRegion', given);

const SAFE: readonly (readonly [string, Predicate])[] = [
  ['fsync', oneOf('on', '1', 'true')],
  ['full_page_writes', oneOf('on', '1', 'true')],
  ['synchronous_commit', oneOf('on', 'local', 'remote_write', 'remote_apply')],
];

/**
 * What the demands ask of databases.
 * @internal
 */
export const databaseRequirements: readonly Requirement[] = [
  requirement(
    'REC-2.1',
    databases,
    ofDatabase('Engine', equals('postgres')),
    ofDatabase('EngineVersion', matches(/^(1[4-9]|[2-9]\d)(\.|$)/)),
  ),
  requirement(
    'REC-2.4',
    databases,
    ofDatabase('DBParameterGroupName', refersTo('parameters of its own', resources('AWS::RDS::DBParameterGroup'))),
    every('the parameters of a database', parameterGroups, 'Family', matches(/^postgres\d+$/)),
    ...SAFE.map(([name, predicate]) => onlyIfGiven('the parameters of a database', parameterGroups, `Parameters["${name}"]`, predicate)),
  ),
  requirement('REC-2.5', databases, ofDatabase('BackupRetentionPeriod', between(7, 35))),
  requirement('REC-2.6', databases, relaxed('dev has its database in one zone', isDev, ofDatabase('MultiAZ', equals(true)))),
  requirement('REC-2.7', databases, ...hasReplicasOnRequest),
  requirement(
    'REC-2.8',
    databases,
    whenever(isProduction, ofDatabase('DBInstanceClass', matches(LARGE))),
    whenever((view) => !isProduction(view), ofDatabase('DBInstanceClass', matches(SMALL))),
  ),
  requirement(
    'REC-2.9',
    databases,
    ofDatabase('StorageType', oneOf('gp3', 'io1', 'io2')),
    ofDatabase('AllocatedStorage', atLeast(100)),
    ofDatabase('MaxAllocatedStorage', between(126, 1024)),
    whenever(
      (view) => where(databases, 'StorageType', oneOf('io1', 'io2'))(view).length > 0,
      every('a database with provisioned IOPS', where(databases, 'StorageType', oneOf('io1', 'io2')), 'Iops', atLeast(3000)),
    ),
  ),
  requirement('REC-2.10', databases, ofParameters('max_connections', between(200, 500))),
  requirement(
    'REC-2.15',
    databases,
    backsUp,
    ownsItsKey,
    whenever(
      (view) => copiedElsewhere(view).length > 0,
      every('a database whose backups are replicated', copiedElsewhere, 'AutomaticBackupReplicationKmsKeyId', reads(/:kms:/)),
    ),
    onRequest(copiedElsewhere, 'no replication of backups was asked for: judged is what it needs, backups and a key of our own'),
  ),
  requirement(
    'REC-9.4',
    databases,
    backsUp,
    ownsItsPassword,
    ownsItsKey,
    onRequest(
      replicasOfElsewhere,
      'no replica of another region stands in this stage, as one is a stack of that region: judged is what it needs here, ' +
        'backups, a password and a key of our own',
    ),
  ),
  requirement('CTX-9.2', databases, ...hasReplicasOnRequest),
];
