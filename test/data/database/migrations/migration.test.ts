import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Migrations } from 'plinth';
import { migrationsOf } from '../../../../lib/data/database/migrations/migration';

const of = (files: { readonly [file: string]: string }) => migrationsOf(Object.entries(files).map(([file, text]) => ({ file, text })));
const expand = (text: string) => of({ '0001-a.expand.sql': text });
const made = { '0001-a.expand.sql': 'CREATE TABLE a ()' };

test('knows version, name and kind by the name of the file', () => {
  expect(of({ '0012-new-table.expand.sql': 'CREATE TABLE a ()' })).toMatchObject([
    { version: '0012', name: 'new-table', kind: 'expand', contracts: [], transactional: true },
  ]);
});

test('knows what a contract contracts by its first lines', () => {
  const [, , contract] = of({
    ...made,
    '0002-b.long.sql': 'SELECT 1',
    '0003-c.contract.sql': '-- why\n-- contracts: 0001, 0002\nDROP TABLE a',
  });
  expect(contract.contracts).toEqual(['0001', '0002']);
});

test('has the same checksum whatever the line ends of a checkout', () => {
  const [one, other] = ['SELECT 1;\r\nSELECT 2', 'SELECT 1;\nSELECT 2'].map((text) => expand(text)[0].checksum);
  expect(one).toBe(other);
});

test.each([['001-a.expand.sql'], ['0001-A.expand.sql'], ['0001-a.sql'], ['0001-a.shrink.sql'], ['a.sql']])(
  'refuses the name %s',
  (file) => {
    expect(() => of({ [file]: 'SELECT 1' })).toThrow(
      `${file}: name must be NNNN-name.kind.sql with kind expand, contract or long, got ${file}; rename the file`,
    );
  },
);

test.each([
  'DROP TABLE a',
  'DROP INDEX a',
  'TRUNCATE a',
  'DELETE FROM a',
  'REVOKE SELECT ON a FROM b',
  'ALTER TABLE a DROP COLUMN b',
  'ALTER TABLE a DROP b',
  'ALTER TABLE IF EXISTS ONLY app.a ADD COLUMN c int, DROP COLUMN IF EXISTS b CASCADE',
  'alter table a rename to b',
  'ALTER TABLE a RENAME COLUMN b TO c',
  'ALTER INDEX a RENAME TO b',
  'ALTER VIEW a SET SCHEMA b',
  'ALTER TABLE a ALTER COLUMN b TYPE bigint',
  'ALTER TABLE a ALTER b SET DATA TYPE bigint USING (b::bigint)',
  'ALTER TABLE a ALTER COLUMN b SET NOT NULL',
  'ALTER TABLE a ALTER COLUMN b DROP DEFAULT',
  'ALTER TABLE a ADD COLUMN b int NOT NULL',
  'ALTER TABLE a ADD b int PRIMARY KEY',
  'ALTER TABLE a ADD COLUMN b int /* DEFAULT 1 */ NOT NULL',
  `ALTER TABLE a ADD COLUMN b int CHECK (b > coalesce(b, 1)) NOT NULL`,
  'ALTER TABLE a ENABLE ROW LEVEL SECURITY',
  'ALTER TABLE a DETACH PARTITION b',
  'ALTER TYPE a DROP ATTRIBUTE b',
  'DO $$ BEGIN DROP TABLE a; END $$',
])('DOC-2.3 refuses %s in an expanding migration and in a long one', (sql) => {
  const message = /line 2: .* must wait for a contract migration; the app that still runs may need it/;
  expect(() => expand(`SELECT 1;\n${sql}`)).toThrow(message);
  expect(() => of({ '0001-a.long.sql': `SELECT 1;\n${sql}` })).toThrow(message);
  expect(of({ ...made, '0002-b.contract.sql': `-- contracts: 0001\n${sql}` })).toHaveLength(2);
});

test.each(['ALTER TABLE a ADD CONSTRAINT b CHECK (c > 0) NOT VALID', 'ALTER TABLE a ADD UNIQUE (b)', 'CREATE UNIQUE INDEX b ON app.a (c)'])(
  'DOC-2.3 refuses %s in an expanding migration, but on a table that it makes itself',
  (sql) => {
    expect(() => expand(sql)).toThrow('must wait for a contract migration');
    expect(expand(`CREATE TABLE IF NOT EXISTS app."a" (c int); ${sql}`)).toHaveLength(1);
  },
);

test.each([
  'CREATE TABLE a (b int NOT NULL)',
  'ALTER TABLE a ADD COLUMN b int',
  'ALTER TABLE a ADD COLUMN b int NOT NULL DEFAULT 0',
  'ALTER TABLE a ADD COLUMN b bigserial NOT NULL',
  'ALTER TABLE a ADD COLUMN b int GENERATED ALWAYS AS (c + 1) STORED NOT NULL',
  'ALTER TABLE a DROP CONSTRAINT b',
  'ALTER TABLE a ALTER COLUMN b DROP NOT NULL',
  'ALTER TABLE a ALTER COLUMN b SET DEFAULT 1',
  `ALTER TYPE a ADD VALUE 'drop'`,
  'ALTER TABLE a ADD COLUMN rename text, ALTER COLUMN type SET DEFAULT 1',
  'CREATE INDEX b ON a (c)',
  `COMMENT ON TABLE a IS 'DROP TABLE a'`,
  'UPDATE a SET "drop" = b',
  'GRANT SELECT ON a TO b',
])('DOC-2.3 lets an expanding migration %s', (sql) => {
  expect(expand(sql)).toHaveLength(1);
});

test.each(['BEGIN', 'COMMIT', 'ROLLBACK', 'SAVEPOINT a', 'SET ROLE a', 'RESET ALL', 'COPY a FROM STDIN', '\\i other.sql'])(
  'refuses %s in every kind',
  (sql) => {
    expect(() => expand(sql)).toThrow(/0001-a.expand.sql, line 1: .+ must be in no migration; leave it out/);
    expect(() => of({ ...made, '0002-b.contract.sql': `-- contracts: 0001\n${sql}` })).toThrow('must be in no migration; leave it out');
  },
);

test('runs what may be in no transaction in none, and refuses to mix it with what is better in one', () => {
  expect(expand('CREATE INDEX CONCURRENTLY b ON a (c)')[0].transactional).toBe(false);
  expect(() => expand('CREATE TABLE a ();\nCREATE INDEX CONCURRENTLY b ON a (c)')).toThrow(
    '0001-a.expand.sql, line 2: a statement that runs in no transaction must be in a file without others; give it its own',
  );
});

test('refuses an index without a name, which could not be found again', () => {
  expect(() => expand('CREATE INDEX CONCURRENTLY ON a (c)')).toThrow('must have a name, got none; name it');
});

test.each([
  [{ '0001-a.contract.sql': 'DROP TABLE a' }, 'contracts must name the migrations it completes, got none; begin the file with'],
  [
    { ...made, '0002-b.contract.sql': '-- contracts: 0003\nDROP TABLE a' },
    'contracts must name earlier expand or long migrations, got 0003',
  ],
  [{ '0001-a.expand.sql': '-- contracts: 0001\nSELECT 1' }, 'contracts must be said by contract migrations alone, got expand'],
  [{ ...made, '0001-b.expand.sql': 'SELECT 1' }, 'version must be used once, got 0001 in 0001-a.expand.sql too'],
  [{ '0001-a.expand.sql': '-- nothing' }, 'statements must be one at least, got none'],
  [{ '0001-a.expand.sql': `SELECT 1;\nSELECT '` }, `0001-a.expand.sql, line 2: ' must be closed`],
])('refuses %j', (files, message) => {
  expect(() => of(files as { [file: string]: string })).toThrow(message);
});

describe('a folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'plinth-migrations-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('DOC-2.3 is refused when the app is synthesized, with every fault in it', () => {
    writeFileSync(join(folder, '0001-a.expand.sql'), 'DROP TABLE a;\nTRUNCATE b');
    writeFileSync(join(folder, '2.sql'), 'SELECT 1');
    expect(() => Migrations.fromFolder(folder)).toThrow(
      [
        `Migrations: ${folder} must hold migrations that can be run, got faults; correct them`,
        '2.sql: name must be NNNN-name.kind.sql with kind expand, contract or long, got 2.sql; rename the file',
        '0001-a.expand.sql, line 1: DROP TABLE must wait for a contract migration; the app that still runs may need it',
        '0001-a.expand.sql, line 2: TRUNCATE must wait for a contract migration; the app that still runs may need it',
      ].join('\n'),
    );
  });

  test('may hold other files', () => {
    writeFileSync(join(folder, 'README.md'), '');
    expect(Migrations.fromFolder(folder)._files).toEqual([]);
  });

  test('must exist', () => {
    expect(() => Migrations.fromFolder(join(folder, 'none'))).toThrow(
      /^Migrations: directory must exist, got .*none; make it or name another$/,
    );
  });
});
