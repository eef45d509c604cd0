import { isObject } from '../assembly';
import { type Assertion, every, exists, isDev, none, onlyIfGiven, relaxed, whenever } from '../conformance/assertions';
import { either, equals, given, matches, oneOf, type Predicate, refersTo } from '../conformance/predicates';
import { type Requirement, requirement } from '../conformance/requirement';
import { except, referredBy, resources, type Selector, union, where } from '../conformance/selectors';
import type { StageView } from '../conformance/stage-view';
import { listeners, servingListeners, targetGroups } from '../conformance/topology';

const buckets = resources('AWS::S3::Bucket');
const queues = resources('AWS::SQS::Queue');
const topics = resources('AWS::SNS::Topic');
const logGroups = resources('AWS::Logs::LogGroup');
const secrets = resources('AWS::SecretsManager::Secret');
const vaults = resources('AWS::Backup::BackupVault');
const tables = resources('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable');
const fileSystems = resources('AWS::EFS::FileSystem');
const caches = resources('AWS::ElastiCache::ReplicationGroup');
const clusters = resources('AWS::RDS::DBCluster');
/** Members of a cluster have its encryption and its parameters. */
const instances = except(resources('AWS::RDS::DBInstance'), 'DBClusterIdentifier', given);
/** A replica has the encryption of its source. */
const sources = union(except(instances, 'SourceDBInstanceIdentifier', given), clusters);

const aKey = either(refersTo('a key', resources('AWS::KMS::Key')), matches(/^arn:[\w-]+:kms:|^alias\/|^[\da-f-]{36}$/));

/** Each of these, if there is any. */
const each = (what: string, selector: Selector, path: string, predicate: Predicate): Assertion =>
  whenever((view) => selector(view).length > 0, every(what, selector, path, predicate));

const atRest: readonly Assertion[] = [
  each(
    'a bucket',
    buckets,
    'BucketEncryption.ServerSideEncryptionConfiguration[*].ServerSideEncryptionByDefault.SSEAlgorithm',
    oneOf('AES256', 'aws:kms', 'aws:kms:dsse'),
  ),
  each('a database', sources, 'StorageEncrypted', equals(true)),
  onlyIfGiven('a replica of a database', instances, 'StorageEncrypted', equals(true)),
  each('a cache', caches, 'AtRestEncryptionEnabled', equals(true)),
  none('cache outside a replication group, as it cannot be encrypted', resources('AWS::ElastiCache::CacheCluster')),
  each('a table', tables, 'SSESpecification.SSEEnabled', equals(true)),
  each('a file system', fileSystems, 'Encrypted', equals(true)),
  each('a log group', logGroups, 'KmsKeyId', aKey),
  each('a secret', secrets, 'KmsKeyId', aKey),
  each('a vault of backups', vaults, 'EncryptionKeyArn', aKey),
  each('a topic', topics, 'KmsMasterKeyId', aKey),
  each('a queue without a key', except(queues, 'KmsMasterKeyId', given), 'SqsManagedSseEnabled', equals(true)),
  each('a queue with a key', where(queues, 'KmsMasterKeyId', given), 'KmsMasterKeyId', aKey),
];

const parameterGroups = resources('AWS::RDS::DBParameterGroup', 'AWS::RDS::DBClusterParameterGroup');
/** What forces TLS in PostgreSQL and in MySQL. */
const FORCES = [
  { path: 'Parameters["rds.force_ssl"]', predicate: equals(1) },
  { path: 'Parameters["require_secure_transport"]', predicate: oneOf(1, 'ON', 'on') },
];
const forcing = union(...FORCES.map(({ path, predicate }) => where(parameterGroups, path, predicate)));

/** A statement that refuses whoever comes without TLS, whatever they want. */
const refusal: Predicate = {
  says: 'refuse what comes without TLS',
  holds: (value) => {
    if (!isObject(value) || value.Effect !== 'Deny' || !isObject(value.Condition) || !isObject(value.Condition.Bool)) return false;
    const principal = isObject(value.Principal) ? value.Principal.AWS : value.Principal;
    return String(value.Condition.Bool['aws:SecureTransport']) === 'false' && principal === '*' && coversAll(value.Action);
  },
};

/** Topics take no more than Publish from others. */
function coversAll(action: unknown): boolean {
  return [action].flat().some((one) => /^(\*|\w+:\*|sns:Publish)$/i.test(String(one)));
}

/** All of these are named by a policy that refuses what comes without TLS; what it says there is the evidence. */
function closed(what: string, stores: Selector, policies: Selector, path: string): Assertion[] {
  const refusing = where(policies, 'PolicyDocument.Statement[*]', refusal);
  const open: Selector = (view) => {
    const named = referredBy(refusing, path)(view);
    return stores(view).filter((store) => !named.includes(store));
  };
  return [
    none(`${what} without a policy that refuses what comes without TLS`, open),
    each(`a policy of ${what}`, refusing, path, given),
    each(`a policy of ${what}`, refusing, 'PolicyDocument.Statement[Effect=Deny].Condition.Bool["aws:SecureTransport"]', equals(false)),
  ];
}

const hasDomain = (view: StageView) => where(listeners, 'Certificates[*].CertificateArn', given)(view).length > 0;

const inTransit: readonly Assertion[] = [
  relaxed(
    'dev has no domain: its load balancer is internal and speaks HTTP',
    (view) => isDev(view) && !hasDomain(view),
    each('a listener that serves', servingListeners, 'Protocol', equals('HTTPS')),
  ),
  each('a target group', targetGroups, 'Protocol', equals('HTTPS')),
  each('a database', instances, 'DBParameterGroupName', refersTo('parameters that force TLS', forcing)),
  each('a cluster of databases', clusters, 'DBClusterParameterGroupName', refersTo('parameters that force TLS', forcing)),
  ...FORCES.map(({ path, predicate }) => each('the parameters of a database', where(parameterGroups, path, given), path, predicate)),
  each('a cache', caches, 'TransitEncryptionEnabled', equals(true)),
  onlyIfGiven('a cache', caches, 'TransitEncryptionMode', equals('required')),
  ...closed('bucket', buckets, resources('AWS::S3::BucketPolicy'), 'Bucket'),
  ...closed('queue', queues, resources('AWS::SQS::QueuePolicy'), 'Queues[*]'),
  ...closed('topic', topics, resources('AWS::SNS::TopicPolicy'), 'Topics[*]'),
];

const subjects = union(
  buckets,
  sources,
  caches,
  tables,
  fileSystems,
  queues,
  topics,
  logGroups,
  secrets,
  vaults,
  servingListeners,
  targetGroups,
);

/**
 * What the demands ask of encryption. What AWS encrypts without being told counts where the template tells it, so that it can be seen.
 * @internal
 */
export const encryptionRequirements: readonly Requirement[] = [
  requirement('REC-13.2', subjects, exists('data or a way to it', subjects), ...atRest, ...inTransit),
];
