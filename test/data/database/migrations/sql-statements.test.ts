import fc from 'fast-check';
import { shortened, statementsOf } from '../../../../lib/data/database/migrations/sql-statements';

const texts = (sql: string) => statementsOf(sql).map(({ text }) => text);

test.each([
  ['semicolons', 'SELECT 1; SELECT 2;', ['SELECT 1', 'SELECT 2']],
  ['nothing', ' ;; -- nothing\n/* at all */ ;', []],
  ['a line comment', 'SELECT 1 -- ; no end\n; SELECT 2', ['SELECT 1', 'SELECT 2']],
  ['nested comments', 'SELECT /* a /* ; */ ; */ 1; SELECT 2', ['SELECT /* a /* ; */ ; */ 1', 'SELECT 2']],
  ['a string', `SELECT 'it''s; one'; SELECT 2`, [`SELECT 'it''s; one'`, 'SELECT 2']],
  ['a backslash in a plain string', `SELECT '\\'; SELECT 2`, [`SELECT '\\'`, 'SELECT 2']],
  ['a string with escapes', `SELECT E'\\'; one'; SELECT 2`, [`SELECT E'\\'; one'`, 'SELECT 2']],
  ['a quoted name', 'SELECT "a;""b"; SELECT 2', ['SELECT "a;""b"', 'SELECT 2']],
  ['dollar quotes', 'SELECT $$ ; $$; SELECT 2', ['SELECT $$ ; $$', 'SELECT 2']],
  ['dollar quotes with a name', `SELECT $a$ ; $$ ' $b$ $a$; SELECT 2`, [`SELECT $a$ ; $$ ' $b$ $a$`, 'SELECT 2']],
  ['a dollar in a name', 'SELECT a$b$c; SELECT d$b$e', ['SELECT a$b$c', 'SELECT d$b$e']],
  [
    'a rule',
    'CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3',
    ['CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)', 'SELECT 3'],
  ],
  [
    'a body of SQL',
    'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; SELECT 3',
    ['CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END', 'SELECT 3'],
  ],
])('parts statements at the ends of %s', (_what, sql, expected) => {
  expect(texts(sql)).toEqual(expected);
});

test('knows the line of the first token of each', () => {
  expect(statementsOf('-- a\n\nSELECT\n1;\n/* b\n */ SELECT 2').map(({ line }) => line)).toEqual([3, 6]);
});

test.each([
  [`SELECT 1;\nSELECT 'a`, `line 2: ' must be closed, got the end of the file; close it`],
  ['SELECT "a', 'line 1: " must be closed, got the end of the file; close it'],
  ['\n\nSELECT /* /* */', 'line 3: /* must be closed, got the end of the file; close it'],
  ['SELECT $q$ $$', 'line 1: $q$ must be closed, got the end of the file; close it'],
])('names what is never closed in %j', (sql, message) => {
  expect(() => statementsOf(sql)).toThrow(message);
});

test('shortens a statement to a line without the values in it', () => {
  const [statement] = statementsOf(`INSERT INTO people -- of note\n VALUES (42, 'Ada', $$Lovelace$$, E'\\n')`);
  expect(shortened(statement)).toBe('INSERT INTO PEOPLE VALUES ( ? , ? , ? , ? )');
});

test('shortens a statement to 160 characters', () => {
  const [statement] = statementsOf(`SELECT ${Array.from({ length: 100 }, (_, index) => `c${index}`).join(', ')}`);
  expect(shortened(statement)).toHaveLength(160);
});

test('parts any statements again as they were put together', () => {
  const piece = fc.constantFrom('SELECT', 'a', '1', `'x;y'`, '"q;""r"', '$$;$$', '$t$ ; $t$', '/* ; */', '--;\n', '(1;2)', '+');
  const statement = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => `SELECT ${pieces.join(' ')} END`);
  fc.assert(
    fc.property(fc.array(statement, { maxLength: 6 }), (statements) => {
      expect(texts(statements.map((text) => `${text};`).join('\n'))).toEqual(statements);
    }),
    { seed: 7, numRuns: 200 },
  );
});
