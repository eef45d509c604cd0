import { Backend, type Engine } from '../../../cli/src/local/database/backend';
import { Session } from '../../../cli/src/local/database/session';
import { queryMessage } from '../../../cli/src/local/database/wire';

/** Answers every query at once and knows of transactions. */
class FakeEngine implements Engine {
  readonly seen: string[] = [];
  private status = 'I';

  async send(message: Uint8Array, onData: (bytes: Uint8Array) => void): Promise<void> {
    const sql = Buffer.from(message).subarray(5).toString().replace('\0', '');
    this.seen.push(sql);
    if (sql === 'BEGIN') this.status = 'T';
    if (sql === 'COMMIT' || sql === 'ROLLBACK') this.status = 'I';
    onData(Buffer.from([0x5a, 0, 0, 0, 5, this.status.charCodeAt(0)]));
  }
}

const session = (id: number) => new Session(id, `user${id}`, new Map());
const becomes = (id: number) => `SET SESSION AUTHORIZATION postgres; RESET ALL; SET SESSION AUTHORIZATION 'user${id}'`;

function setUp() {
  const engine = new FakeEngine();
  const backend = new Backend(engine);
  const send = (who: Session, sql: string) => backend.send(who, queryMessage(sql), () => {});
  return { engine, backend, send };
}

test('becomes the user of a session once, not for each of its statements', async () => {
  const { engine, send } = setUp();
  const [one, two] = [session(1), session(2)];

  await send(one, 'a');
  await send(one, 'b');
  await send(two, 'c');

  expect(engine.seen).toEqual([becomes(1), 'a', 'b', becomes(2), 'c']);
});

test('holds others back while a transaction is open, then serves them in order', async () => {
  const { engine, send } = setUp();
  const [one, two, three] = [session(1), session(2), session(3)];

  await send(one, 'BEGIN');
  const others = [send(two, 'two'), send(three, 'three')];
  await send(one, 'one');
  await send(one, 'COMMIT');
  await Promise.all(others);

  expect(engine.seen).toEqual([becomes(1), 'BEGIN', 'one', 'COMMIT', becomes(2), 'two', becomes(3), 'three']);
});

test('rolls back what a session leaves open', async () => {
  const { engine, backend, send } = setUp();
  const [one, two] = [session(1), session(2)];

  await send(one, 'BEGIN');
  const other = send(two, 'two');
  await backend.end(one);
  await other;

  expect(engine.seen).toEqual([becomes(1), 'BEGIN', '', 'ROLLBACK', becomes(2), 'two']);
});

test('does not run what nobody waits for any more', async () => {
  const { engine, send } = setUp();
  const [one, two] = [session(1), session(2)];

  await send(one, 'BEGIN');
  const other = send(two, 'two');
  two.closed = true;
  await send(one, 'COMMIT');
  await other;

  expect(engine.seen).not.toContain('two');
});

test('is the superuser between the turns of sessions, and they come back as they were', async () => {
  const { engine, backend, send } = setUp();
  const one = session(1);

  await send(one, 'a');
  await backend.administer(async () => void engine.seen.push('work'));
  await send(one, 'b');

  expect(engine.seen).toEqual([becomes(1), 'a', 'SET SESSION AUTHORIZATION postgres; RESET ALL', 'work', becomes(1), 'b']);
});
