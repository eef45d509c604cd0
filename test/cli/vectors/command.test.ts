import type { Database } from 'plinth-runtime/database';
import { exportVectors, FolderStore } from 'plinth-runtime/vector-export';
import { runProgram } from '../../../cli/src/program';
import { vectorsCommand } from '../../../cli/src/vectors/command';
import { SourceFault } from '../../../cli/src/vectors/source-fault';
import type { Pglite } from '../../support/pglite';
import { contents, fill, folder, start } from '../../runtime/vector-export/databases';

async function plinth(tokens: readonly string[], environment: { [name: string]: string } = {}) {
  const [out, err, buckets]: string[][] = [[], [], []];
  const bucket = async (name: string, prefix: string) => {
    buckets.push(`${name} ${prefix}`);
    return { read: () => Promise.reject(new SourceFault('s3:GetObject of it must be answered, got AccessDenied: no')) };
  };
  const code = await runProgram(['vectors', ...tokens], {
    commands: [vectorsCommand({ bucket })],
    directory: '/',
    environment,
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
  });
  return { code, out, err, buckets };
}

describe('plinth vectors restore', () => {
  let made: { server: Pglite; database: Database };
  let environment: { [name: string]: string };
  const exported = folder();
  const asked = ['restore', '--from', exported, '--table', 'categories'];

  beforeAll(async () => {
    made = await start();
    const { server, database } = made;
    await fill(server, 20);
    await exportVectors({ database, sink: new FolderStore(exported), date: '2026-03-04', remainingMs: () => 60_000 });
    environment = {
      DATABASE_HOST: server.host,
      DATABASE_PORT: String(server.port),
      DATABASE_NAME: 'app',
      DATABASE_USER: 'owner',
      DATABASE_AUTH: 'password',
      DATABASE_TLS: 'disable',
    };
  }, 60_000);
  afterAll(async () => {
    await made.database.close();
    await made.server.stop();
  });

  test('VEC-2.3 brings a table back from an export', async () => {
    const before = await contents(made.server);
    await made.server.query('TRUNCATE app.categories');

    const { code, out } = await plinth(asked, environment);

    expect({ code, out }).toEqual({
      code: 0,
      out: [
        'categories: 1 parts are whole, with 20 rows of 2026-03-04',
        'categories: 20 rows are written',
        'categories: restored, 20 rows of 2026-03-04, categories_embedding built',
      ],
    });
    expect(await contents(made.server)).toEqual(before);
  });

  test('prints JSON alone, and ends with 1 where it changed nothing', async () => {
    const { code, out } = await plinth([...asked, '--json'], environment);

    expect(code).toBe(1);
    expect(JSON.parse(out.join('\n'))).toEqual({
      error: { code: 'table-not-empty', message: 'app.categories must be empty, got rows; give --replace to lose them' },
    });
  });

  test('replaces what is there when it is told so', async () => {
    const { code, out } = await plinth([...asked, '--replace', '--json'], environment);

    expect(code).toBe(0);
    expect(JSON.parse(out.join('\n'))).toEqual({
      table: 'categories',
      date: '2026-03-04',
      rows: 20,
      indexes: ['categories_embedding'],
    });
  });

  test('reads from a bucket, and says what it refused', async () => {
    const { code, out, buckets } = await plinth(
      ['restore', '--from', 's3://bucket/exports/2026-03-04/', '--table', 'categories'],
      environment,
    );

    expect(code).toBe(1);
    expect(buckets).toEqual(['bucket exports/2026-03-04']);
    expect(out).toEqual(['plinth vectors: s3:GetObject of it must be answered, got AccessDenied: no']);
  });
});

test.each([
  [[], 'plinth vectors: the action must be restore, got nothing'],
  [['export'], 'plinth vectors: the action must be restore, got export'],
  [['restore', '--from', '/tmp'], 'plinth vectors: --table must be given, got nothing'],
  [['restore', '--table', 'categories'], 'plinth vectors: --from must be given, got nothing'],
  [['restore', '--from', '/tmp', '--table', 'a;b'], 'plinth vectors: --table must be a-z, 0-9 and _, got a;b'],
  [
    ['restore', '--from', 'nowhere', '--table', 'a'],
    'plinth vectors: --from must be a folder or s3://bucket/prefix, got nowhere; it is not there',
  ],
  [
    ['restore', '--from', '/tmp', '--table', 'a'],
    [
      'plinth vectors: DATABASE_HOST must be the name of the database server, got nothing; set it',
      'DATABASE_NAME must be the name of a database, got nothing; set it',
      'DATABASE_USER must be the name of a role, got nothing; set it',
      'AWS_REGION must be the region of the database, as DATABASE_AUTH is iam, got nothing; set it',
    ].join('\n'),
  ],
])('refuses %j', async (tokens, message) => {
  expect(await plinth(tokens)).toMatchObject({ code: 2, out: [], err: [message] });
});
