import { billOf, costOf, gapsOf, resource, type Resources } from './builder';

const usage = { databaseUsedGb: 50, databaseChangedGbPerDay: 1, cacheDataGb: 2 };
const database = (more: { readonly [name: string]: unknown } = {}): Resources => ({
  Database: resource('AWS::RDS::DBInstance', {
    Engine: 'postgres',
    DBInstanceClass: 'db.t4g.medium',
    AllocatedStorage: '100',
    StorageType: 'gp3',
    BackupRetentionPeriod: 7,
    ...more,
  }),
});

test('prices a database in one zone', () => {
  expect(billOf('Database', database(), usage)).toEqual([
    '1 db.t4g.medium x 730 h x 0.065 = 47.45',
    '1 copy x 100 GB of gp3 x 0.115 = 11.5',
  ]);
});

test('doubles instance and disk in two zones', () => {
  expect(billOf('Database', database({ MultiAZ: true, DBInstanceClass: 'db.t4g.xlarge' }), usage)).toEqual([
    '2 db.t4g.xlarge x 730 h x 0.258 = 376.68',
    '2 copies x 100 GB of gp3 x 0.115 = 23',
  ]);
});

test('prices backups over the size of the disk', () => {
  expect(billOf('Database', database({ AllocatedStorage: '60', BackupRetentionPeriod: 30 }), usage).at(-1)).toBe(
    '20 GB over the size of the disk x 0.095 = 1.9',
  );
});

test('prices backups in another region in full', () => {
  expect(billOf('Database', database({ AutomaticBackupReplicationRegion: 'eu-west-1' }), usage).slice(2)).toEqual([
    '57 GB in another region x 0.095 = 5.415',
    '30.4167 GB to another region x 0.02 = 0.6083',
  ]);
});

test.each([
  [{ Iops: 4000 }, '1 copy x 1000 IOPS over the baseline x 0.02 = 20'],
  [{ AllocatedStorage: '400', StorageThroughput: 600 }, '1 copy x 100 MB/s over the baseline x 0.08 = 8'],
])('prices what %j asks of the disk over its baseline', (more, line) => {
  expect(billOf('Database', database(more), usage)).toContain(line);
});

test('prices a replica with the disk of its source and without backups', () => {
  const resources = {
    ...database({ BackupRetentionPeriod: 35 }),
    Replica: resource('AWS::RDS::DBInstance', {
      SourceDBInstanceIdentifier: { Ref: 'Database' },
      DBInstanceClass: 'db.t4g.small',
    }),
  };

  expect(billOf('Replica', resources, { databaseUsedGb: 500 })).toEqual([
    '1 db.t4g.small x 730 h x 0.032 = 23.36',
    '1 copy x 100 GB of gp3 x 0.115 = 11.5',
  ]);
});

test('prices enhanced monitoring as logs', () => {
  expect(billOf('Database', database({ MonitoringInterval: 60 }), usage)).toContain('0.3504 GB of enhanced monitoring x 0.5 = 0.1752');
});

test.each([
  ['the price of db.x99.large is not in the table', { DBInstanceClass: 'db.x99.large' }],
  ['the price of the engine mysql is not in the table', { Engine: 'mysql' }],
  ['the price of io2 storage is not in the table', { StorageType: 'io2' }],
  ['its allocated storage is not in the templates', { AllocatedStorage: { Ref: 'Size' } }],
  [
    'its source, whose disk it has, is not in the templates',
    { SourceDBInstanceIdentifier: 'arn:aws:rds:eu-west-1:111111111111:db:orders' },
  ],
  ['the price of Performance Insights over 7 days is not in the table', { PerformanceInsightsRetentionPeriod: 731 }],
])('says that %s', (reason, more) => {
  expect(gapsOf(database(more))).toEqual([reason]);
});

test('prices every node of every shard', () => {
  const group = resource('AWS::ElastiCache::ReplicationGroup', {
    Engine: 'valkey',
    CacheNodeType: 'cache.t4g.medium',
    NumNodeGroups: 2,
    ReplicasPerNodeGroup: 1,
    SnapshotRetentionLimit: 15,
  });

  expect(billOf('Cache', { Cache: group }, usage)).toEqual([
    '4 cache.t4g.medium (valkey) x 730 h x 0.052 = 151.84',
    '14 daily snapshots x 2 GB x 0.085 = 2.38',
  ]);
});

test('prices a group by its number of clusters, a fourth dearer where the engine is Redis', () => {
  const group = resource('AWS::ElastiCache::ReplicationGroup', { CacheNodeType: 'cache.t4g.small', NumCacheClusters: 2 });

  expect(billOf('Cache', { Cache: group })).toEqual(['2 cache.t4g.small (redis) x 730 h x 0.032 = 46.72']);
});

test('prices a single cache, and a member of a group with its group', () => {
  const { lines } = costOf({
    Single: resource('AWS::ElastiCache::CacheCluster', { Engine: 'memcached', CacheNodeType: 'cache.t4g.micro', NumCacheNodes: 3 }),
    Member: resource('AWS::ElastiCache::CacheCluster', { ReplicationGroupId: 'group', CacheNodeType: 'cache.t4g.micro' }),
  });

  expect(lines.map(({ basis }) => basis)).toEqual(['3 cache.t4g.micro (memcached) x 730 h x 0.016']);
});

test('prices at least 100 MB of a serverless cache', () => {
  const cache = resource('AWS::ElastiCache::ServerlessCache', { Engine: 'valkey' });

  expect(billOf('Cache', { Cache: cache }, { cacheDataGb: 0.01, cacheMillionEcpus: 10 })).toEqual([
    '0.1 GB x 730 h x 0.084 = 6.132',
    '10 million ECPUs x 0.0023 = 0.023',
  ]);
});

test.each([
  [
    'the price of cache.x99.large is not in the table',
    resource('AWS::ElastiCache::ReplicationGroup', { CacheNodeType: 'cache.x99.large' }),
  ],
  ['the price of serverless redis is not in the table', resource('AWS::ElastiCache::ServerlessCache', { Engine: 'redis' })],
])('says that %s of a cache', (reason, cache) => {
  expect(gapsOf({ Cache: cache })).toEqual([reason]);
});
