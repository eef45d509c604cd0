import { isSameUser, parseLogin, withPassword } from '../../../lambda/shared/database-login';

const fields = { engine: 'postgres', host: 'db.example.com', port: 5432, dbname: 'app', username: 'administrator', password: 'hush' };
const login = parseLogin(JSON.stringify(fields));

test('reads what it takes to log in', () => {
  expect(login).toEqual({ host: 'db.example.com', port: 5432, dbname: 'app', username: 'administrator', password: 'hush' });
});

test('reads a port that is written as text', () => {
  expect(parseLogin(JSON.stringify({ ...fields, port: '5433' })).port).toBe(5433);
});

test.each([
  ['engine', 'mysql', 'engine of the secret must be postgres, got something else; correct the secret'],
  ['host', undefined, 'host of the secret must be the name of a server, got something else; correct the secret'],
  ['port', 70_000, 'port of the secret must be 1 to 65535, got something else; correct the secret'],
  ['dbname', '', 'dbname of the secret must be the name of a database, got something else; correct the secret'],
  ['username', 7, 'username of the secret must be the name of a user, got something else; correct the secret'],
  ['password', '', 'password of the secret must be a password, got something else; correct the secret'],
])('refuses a secret whose %s is %s', (field, value, message) => {
  expect(() => parseLogin(JSON.stringify({ ...fields, [field]: value }))).toThrow(message);
});

test.each(['hush', '"hush"', '["hush"]', 'null'])('refuses %s without showing it', (value) => {
  expect(() => parseLogin(value)).toThrow(/^the secret must be a JSON object, got something else; restore an earlier version of it$/);
});

test('changes the password and keeps the rest', () => {
  expect(JSON.parse(withPassword(JSON.stringify({ ...fields, note: 'kept' }), 'new'))).toEqual({
    ...fields,
    password: 'new',
    note: 'kept',
  });
});

test.each([
  ['password', 'other', true],
  ['username', 'other', false],
  ['host', 'other', false],
  ['port', 5433, false],
])('with %s %s, one is the same user of the same server: %s', (field, value, same) => {
  expect(isSameUser(login, { ...login, [field]: value })).toBe(same);
});
