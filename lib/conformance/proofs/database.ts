import { type Proof, shownBy } from './proof';

/** What shows the demands of the database and its bootstrap. */
export const databaseProofs: readonly Proof[] = [
  shownBy('REC-2.2', {
    'test/cli/local/data.test.ts': [
      'REC-2.2 brings the database up by the function of the template, and serves the whole pool of the app on one backend',
    ],
    'test/data/database/bootstrap.test.ts': [
      'REC-2.2 the service of dev/Service waits for the database',
      'REC-2.2 the service of staging/Service waits for the database',
      'REC-2.2 the service of production/Service waits for the database',
    ],
    'test/lambda/database-bootstrap/bootstrap.test.ts': [
      'the bootstrap of a database REC-2.2 makes extension, roles, schema and tables in an empty database',
      'the bootstrap of a database REC-2.2 changes nothing the second time',
      'the bootstrap of a database REC-2.2 updates an extension that the server has a newer version of',
      'the bootstrap of a database REC-2.2 names what it found when the server has no version that is new enough',
      'the bootstrap of a database REC-2.2 names an extension that the server does not have',
      'the bootstrap of a database REC-2.2 names a missing permission',
      'the bootstrap of a database REC-2.2 is repeated to the same end when it was killed before its extension',
      'the bootstrap of a database REC-2.2 is repeated to the same end when it was killed after its extension',
      'the bootstrap of a database REC-2.2 is repeated to the same end when it was killed between its roles',
      'the bootstrap of a database REC-2.2 is repeated to the same end when it was killed before its ledger',
      'the bootstrap of a database REC-2.2 is repeated to the same end when it was killed after a statement of a migration',
      'the bootstrap of a database REC-2.2 is repeated to the same end when it was killed before its ledger has the migration',
      'the bootstrap of a database REC-2.2 is repeated to the same end when it was killed between two migrations',
      'the bootstrap of a database REC-2.2 is repeated to the same end when it was killed before it is noted as finished',
      'the bootstrap of a database REC-2.2 lets the second of two at once wait, and find nothing to do',
    ],
    'test/lambda/database-bootstrap/configuration.test.ts': ['REC-2.2 does not do without TLS across a network'],
    'test/lambda/database-bootstrap/connection.test.ts': [
      'REC-2.2 waits for a server that refuses connections',
      'REC-2.2 waits for a server that has no name yet',
      'REC-2.2 waits for a server that starts',
      'REC-2.2 waits for a server that has no connection left',
      'REC-2.2 waits for a server that is silent',
      'REC-2.2 waits for a server that hangs up',
      'REC-2.2 gives up when the time of the function is up, and names host and last fault',
      'TLS REC-2.2 is refused by a server: nothing is sent, and the failure says so at once',
      'TLS REC-2.2 a wrong password is told, and not shown',
    ],
    'test/lambda/database-bootstrap/handler.test.ts': [
      'the function REC-2.2 brings a database up with the deployment, and tells CloudFormation',
    ],
    'test/lambda/database-bootstrap/pglite.test.ts': [
      'REC-2.2 pgvector with {} is refused by name',
      'REC-2.2 pgvector with {"available":"0.7.4"} is refused by name',
      'REC-2.2 pgvector with {"available":"0.7.4","installed":"0.7.0"} is refused by name',
      'on PostgreSQL 18 with pgvector REC-2.2 an older pgvector is updated to that of the server',
      'on PostgreSQL 18 with pgvector REC-2.2 an administrator that is no superuser makes roles, schema and every migration',
      'on PostgreSQL 18 with pgvector REC-2.2 nothing is left to do the second time',
    ],
  }),
  shownBy('REC-2.11', {
    'test/platform/data-tier.test.ts': [
      'REC-2.11 tells the tasks of dev a pool that the database bears at every count of tasks',
      'REC-2.11 tells the tasks of staging a pool that the database bears at every count of tasks',
      'REC-2.11 tells the tasks of production a pool that the database bears at every count of tasks',
      'REC-2.11 refuses a stage whose pools the database does not bear',
    ],
    'test/runtime/database/config.test.ts': [
      'the configuration of the database REC-2.11 keeps at least 10 connections, at most what the platform says, and waits 30 s for one',
    ],
    'test/runtime/database/connection-pool.test.ts': [
      'connections of a pool REC-2.11 stand warm before anybody asks',
      'connections of a pool REC-2.11 are never more than may be, whoever waits',
      'connections of a pool REC-2.11 that do not come free within 30 s are an error that says so',
    ],
    'test/runtime/database/pool.test.ts': [
      'a pool of connections to a PostgreSQL REC-2.11 answers 500 concurrent queries through 50 connections and loses none',
      'a pool of connections to a PostgreSQL REC-2.11 holds 10 connections before anybody asks',
    ],
    'test/runtime/database/restart.test.ts': [
      'a restart of the database under load REC-2.11 loses no read, and of the writes none but those in flight, each of which says so',
    ],
  }),
  shownBy('REC-2.13', {
    'test/lambda/database-bootstrap/handler.test.ts': [
      'the function with a long migration that is new REC-2.13 the function starts the task, and the task builds the index',
    ],
    'test/lambda/database-bootstrap/long.test.ts': [
      'long migrations REC-2.13 are left to the task that the deployment starts',
      'long migrations REC-2.13 drop an index that a run before left INVALID, and build it anew',
    ],
    'test/lambda/database-bootstrap/migrate.test.ts': ['migrations REC-2.13 an index beside writes may come with an expanding migration'],
    'test/lambda/database-bootstrap/pglite.test.ts': [
      'on PostgreSQL 18 with pgvector REC-2.13 the index on the embedding is there, valid, and the application finds by it',
    ],
    'test/runtime/vector-search/search.test.ts': [
      'search over 1,348 rows REC-2.13 asks the index for the nearest, with and without a filter that many pass',
    ],
    'test/runtime/vector-search/table.test.ts': [
      'a vector table is served by its indexes REC-2.13 for the nearest',
      'a vector table is served by its indexes REC-2.13 for the nearest that pass a filter',
      'a vector table is served by its indexes REC-2.13 for one id',
    ],
  }),
  shownBy('REC-5.6', {
    'test/data/database/storage-growth.test.ts': [
      'REC-5.6 looks at the disks every five minutes',
      'REC-5.6 looks after the database and its replicas, the source first, up to 1 TB',
    ],
    'test/lambda/storage-growth/grow.test.ts': ['REC-5.6 makes a disk larger at 85 % use', 'REC-5.6 leaves a disk under 85 % as it is'],
    'test/lambda/storage-growth/storage-step.test.ts': [
      'REC-5.6 a disk of 100 GiB grows to 120, by a fifth or 10 GiB',
      'REC-5.6 a disk of 101 GiB grows to 122, by a fifth or 10 GiB',
      'REC-5.6 a disk of 500 GiB grows to 600, by a fifth or 10 GiB',
      'REC-5.6 a disk of 20 GiB grows to 30, by a fifth or 10 GiB',
      'REC-5.6 a disk of 50 GiB grows to 60, by a fifth or 10 GiB',
      'REC-5.6 a disk of 900 GiB grows to the limit of 1024 at once, where no further step would be left',
      'REC-5.6 a disk of 853 GiB grows to the limit of 1024 at once, where no further step would be left',
      'REC-5.6 a disk of 792 GiB grows to the limit of 1024 at once, where no further step would be left',
      'REC-5.6 a disk of 930 GiB grows to the limit of 1024 at once, where no further step would be left',
      'REC-5.6 grows by 20 % or 10 GiB at least, never beyond the limit, never smaller, by a step that RDS takes',
      'REC-5.6 reaches the limit from every size that has a step left, in at most 21 steps',
    ],
  }),
  shownBy('DOC-2.3', {
    'test/data/database/migrations/migration.test.ts': [
      'DOC-2.3 refuses DROP TABLE a in an expanding migration and in a long one',
      'DOC-2.3 refuses ALTER TABLE a DROP COLUMN b in an expanding migration and in a long one',
      'DOC-2.3 lets an expanding migration ALTER TABLE a ADD COLUMN b int',
      'a folder DOC-2.3 is refused when the app is synthesized, with every fault in it',
    ],
    'test/lambda/database-bootstrap/bootstrap.test.ts': [
      'the bootstrap of a database DOC-2.3 applies what is new, once, and in order',
      'the bootstrap of a database DOC-2.3 succeeds with an older list, and says what the database keeps',
    ],
    'test/lambda/database-bootstrap/long.test.ts': [
      'long migrations DOC-2.3 hold up a contract that needs them, by name',
      'long migrations while one runs DOC-2.3 a rollback succeeds at once',
    ],
    'test/lambda/database-bootstrap/migrate.test.ts': [
      'migrations DOC-2.3 a contract comes with an earlier deployment than what it contracts',
      'migrations DOC-2.3 a deployment that was rolled back does not count as an earlier one',
      'migrations DOC-2.3 another try of the same deployment is none either',
      'migrations DOC-2.3 a database that nobody uses gets everything at once',
      'migrations DOC-2.3 the text of an applied migration may not change',
      'migrations DOC-2.3 one that fails is named by file, line, SQLSTATE and statement, and leaves nothing behind',
    ],
  }),
];
