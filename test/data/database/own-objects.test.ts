import { incompatibilities } from '../../../lib/data/database/migrations/sql-rules';
import { statementsOf } from '../../../lib/data/database/migrations/sql-statements';

const faults = (sql: string) => incompatibilities(statementsOf(sql), 'expand').map(({ fault }) => fault);

test('a view that a migration makes may be given a unique index by it', () => {
  expect(faults('CREATE MATERIALIZED VIEW app.totals AS SELECT 1 AS one; CREATE UNIQUE INDEX totals_one ON app.totals (one);')).toEqual([]);
});

test('a function that a migration makes may be taken from the public by it', () => {
  expect(faults('CREATE FUNCTION app.f() RETURNS int RETURN 1; REVOKE ALL ON FUNCTION app.f() FROM PUBLIC;')).toEqual([]);
});

test.each([
  ['a function that was there', 'REVOKE ALL ON FUNCTION app.f() FROM PUBLIC;'],
  ['a function that it replaces', 'CREATE OR REPLACE FUNCTION app.f() RETURNS int RETURN 1; REVOKE ALL ON FUNCTION app.f() FROM PUBLIC;'],
  ['several functions', 'CREATE FUNCTION app.f() RETURNS int RETURN 1; REVOKE ALL ON FUNCTION app.f(), app.g() FROM PUBLIC;'],
  ['a table', 'CREATE TABLE app.t (); REVOKE SELECT ON app.other FROM application;'],
])('nobody loses a privilege on %s', (_, sql) => {
  expect(faults(sql)).toEqual(['REVOKE must wait for a contract migration; the app that still runs may need it']);
});
