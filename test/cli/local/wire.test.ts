import fc from 'fast-check';
import {
  type ClientMessage,
  int32,
  MessageReader,
  queryMessage,
  serverMessage,
  sqlOf,
  startupParameters,
  text,
  withPrefix,
} from '../../../cli/src/local/database/wire';
import { requestedSettings, Session } from '../../../cli/src/local/database/session';

const untyped = (code: number, body: Buffer = Buffer.alloc(0)) => Buffer.concat([int32(body.length + 8), int32(code), body]);
const startup = untyped(196_608, Buffer.concat(['user', 'application', 'database', 'app', ''].map(text)));
const encryption = untyped(80_877_103);

function read(...chunks: readonly Buffer[]): ClientMessage[] {
  const reader = new MessageReader();
  return chunks.flatMap((chunk) => [...reader.push(chunk)]);
}

test('cuts what a client sends into its messages, however it was cut on its way', () => {
  const sent = Buffer.concat([encryption, startup, queryMessage('SELECT 1'), serverMessage('S')]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: sent.length }), { maxLength: 6 }), (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), sent.length];
      const messages = read(...at.slice(1).map((end, index) => sent.subarray(at[index], end)));
      return (
        messages.map(({ type }) => type).join() === 'encryption,startup,Q,S' &&
        Buffer.concat(messages.map(({ bytes }) => bytes)).equals(sent)
      );
    }),
    { seed: 11 },
  );
});

test('knows a request to cancel', () => {
  expect(read(untyped(80_877_102, Buffer.alloc(8))).map(({ type }) => type)).toEqual(['cancel']);
});

test('reads who logs in to what', () => {
  expect([...startupParameters(read(startup)[0])]).toEqual([
    ['user', 'application'],
    ['database', 'app'],
  ]);
});

const message = (type: string, ...parts: readonly Buffer[]): ClientMessage => ({ type, bytes: serverMessage(type, ...parts) });

test.each([
  ['P', message('P', text('s1'), text('SELECT 1'), Buffer.alloc(2)), message('P', text('x_s1'), text('SELECT 1'), Buffer.alloc(2))],
  ['B', message('B', text('portal'), text('s1'), Buffer.alloc(6)), message('B', text('portal'), text('x_s1'), Buffer.alloc(6))],
  ['D', message('D', text('Ss1')), message('D', text('Sx_s1'))],
  ['C', message('C', text('Ss1')), message('C', text('Sx_s1'))],
])('puts the prefix of a session before the name in %s', (_type, given, expected) => {
  expect(withPrefix(given, 'x_')).toEqual(expected.bytes);
});

test.each([
  ['P without a name', message('P', text(''), text('SELECT 1'), Buffer.alloc(2))],
  ['B without a name', message('B', text(''), text(''), Buffer.alloc(6))],
  ['D of a portal', message('D', text('Pportal'))],
  ['Q', message('Q', text('SELECT 1'))],
])('leaves %s as it is', (_type, given) => {
  expect(withPrefix(given, 'x_')).toEqual(given.bytes);
});

test.each([
  ['Q', message('Q', text('SELECT 1')), 'SELECT 1'],
  ['P', message('P', text('name'), text('SELECT 2'), Buffer.alloc(2)), 'SELECT 2'],
  ['B', message('B', text('name'), text('x')), undefined],
])('reads the SQL of %s', (_type, given, sql) => {
  expect(sqlOf(given)).toBe(sql);
});

describe('a session', () => {
  test('comes back to its user and settings, what it set itself last', () => {
    const session = new Session(1, 'application', new Map([['search_path', "app, 'x'"]]));
    for (const sql of [
      'SET ROLE owner;',
      "SET LOCAL x.y = '1'",
      'SET TRANSACTION READ ONLY',
      'SELECT 1',
      "set hnsw.ef_search = '80'",
      'SET a.b = 1; DROP TABLE t',
    ]) {
      session.note(message('Q', text(sql)));
    }

    expect(session.takeOver.split('; ')).toEqual([
      'SET SESSION AUTHORIZATION postgres',
      'RESET ALL',
      "SELECT set_config('search_path', 'app, ''x''', false)",
      "SET SESSION AUTHORIZATION 'application'",
      'SET ROLE owner',
      "set hnsw.ef_search = '80'",
    ]);
  });

  test('takes the settings of its connection, but timeouts, which this backend cannot keep', () => {
    const given = new Map([
      ['user', 'a'],
      ['database', 'b'],
      ['application_name', 'plinth'],
      ['statement_timeout', '10000'],
      ['options', '-c idle_session_timeout=60000 -c search_path=a,\\ b'],
    ]);

    expect([...requestedSettings(given)]).toEqual([
      ['application_name', 'plinth'],
      ['search_path', 'a, b'],
    ]);
  });
});
