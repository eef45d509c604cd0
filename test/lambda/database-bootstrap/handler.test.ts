import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { Migrations } from 'plinth';
import { Pglite } from '../../support/pglite';

// Servers of their own start slowly on a machine that does much else.

type Handler = typeof import('../../../lambda/database-bootstrap/handler').handler;

/** CloudFormation's answers, Secrets Manager and ECS, all on the loopback address. */
describe('the function', () => {
  let database: Pglite;
  let server: Server;
  let handler: Handler;
  let answers: { Status: string; Reason: string; PhysicalResourceId: string; Data?: object }[];
  let url: string;
  const tasks: object[] = [];
  const lines: unknown[] = [];
  const environment = { ...process.env };

  beforeAll(async () => {
    database = await Pglite.start({ rdsIam: true });
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        if (request.method === 'PUT') answers.push(JSON.parse(body));
        const login = {
          engine: 'postgres',
          host: '127.0.0.1',
          port: database.port,
          dbname: 'app',
          username: 'administrator',
          password: 'hush',
        };
        response.setHeader('content-type', 'application/x-amz-json-1.1');
        const target = String(request.headers['x-amz-target']);
        if (target.endsWith('.RunTask')) tasks.push(JSON.parse(body));
        response.end(JSON.stringify(target.endsWith('.RunTask') ? { tasks: [{}] } : { SecretString: JSON.stringify(login) }));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    Object.assign(process.env, {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'none',
      AWS_SECRET_ACCESS_KEY: 'none',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
      AWS_ENDPOINT_URL_ECS: url,
      LONG_MIGRATIONS: JSON.stringify({ cluster: 'cluster', taskDefinition: 'task:1', subnets: ['subnet-1'], securityGroups: ['sg-1'] }),
      DATABASE_SECRET_ARN: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:administrator',
      DATABASE_TLS: 'disable',
      MIGRATIONS_DIRECTORY: 'examples/migrations',
    });
    jest.spyOn(console, 'info').mockImplementation((line) => lines.push(line));
    jest.spyOn(console, 'error').mockImplementation((line) => lines.push(line));
    // After the environment, which its clients are made from.
    ({ handler } = jest.requireActual<{ handler: Handler }>('../../../lambda/database-bootstrap/handler'));
  }, 30_000);
  beforeEach(() => {
    answers = [];
    lines.length = 0;
  });
  afterAll(async () => {
    process.env = environment;
    server?.close();
    await database?.stop();
  });

  const listed = Migrations.fromFolder('examples/migrations')._properties();
  const invoke = (RequestType: string, properties: object = { Migrations: listed }, RequestId = 'one') => {
    const event = {
      RequestType,
      RequestId,
      StackId: 'stack',
      LogicalResourceId: 'Bootstrap',
      PhysicalResourceId: 'Bootstrap',
      ResponseURL: url,
      ResourceProperties: properties,
    };
    return handler(event as unknown as CloudFormationCustomResourceEvent, { getRemainingTimeInMillis: () => 900_000 });
  };

  test('REC-2.2 brings a database up with the deployment, and tells CloudFormation', async () => {
    await invoke('Create');
    expect(answers).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'Bootstrap', Data: { RolledBack: 'false' } }]);
    expect(await database.query(`SELECT extversion >= '0.8.0' AS enough FROM pg_extension WHERE extname = 'vector'`)).toEqual([
      { enough: true },
    ]);
    expect(JSON.stringify(lines)).not.toContain('hush');
  });

  test('changes nothing with an update that has nothing new', async () => {
    await invoke('Update');
    expect(answers).toMatchObject([{ Status: 'SUCCESS', Data: { Changes: '0' } }]);
  });

  test('leaves the database as it is when the bootstrap is deleted', async () => {
    await invoke('Delete');
    expect(answers).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'Bootstrap' }]);
    expect(await database.query('SELECT FROM app.documents')).toEqual([]);
  });

  test('fails when the template lists other migrations than it has', async () => {
    await invoke('Update', { Migrations: listed.slice(1) });
    expect(answers).toMatchObject([
      {
        Status: 'FAILED',
        Reason: `Error: the function's migrations must be those of the template, got 4 of other versions or text than its 3; synthesize and deploy again`,
      },
    ]);
  });

  test('fails without the password in the reason', async () => {
    await database.query('ALTER ROLE read_only LOGIN');
    await invoke('Update');
    await database.query('ALTER ROLE read_only NOLOGIN');
    expect(answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining('role read_only must have no LOGIN') }]);
    expect(JSON.stringify([answers, lines])).not.toContain('hush');
  });

  describe('with a long migration that is new', () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'plinth-long-'));
      cpSync('examples/migrations', folder, { recursive: true });
      writeFileSync(join(folder, '0005-title.long.sql'), 'CREATE INDEX CONCURRENTLY documents_title ON documents (title)');
      process.env.MIGRATIONS_DIRECTORY = folder;
    });
    afterAll(() => {
      process.env.MIGRATIONS_DIRECTORY = 'examples/migrations';
      rmSync(folder, { recursive: true });
    });

    const indexes = () => database.query(`SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('app.documents_title')`);
    const runTask = async (overrides: object = {}) => {
      const task = spawn(process.execPath, ['dist/lambda/database-bootstrap-task/task.js'], {
        env: { ...process.env, ...overrides },
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const output: Buffer[] = [];
      task.stdout.on('data', (chunk: Buffer) => output.push(chunk));
      const [code] = (await once(task, 'exit')) as [number];
      const text = Buffer.concat(output).toString().trim();
      return { code, lines: text.split('\n').map((line) => JSON.parse(line) as { event: string; reason?: string }) };
    };

    test('REC-2.13 the function starts the task, and the task builds the index', async () => {
      await invoke('Update', { Migrations: Migrations.fromFolder(folder)._properties() }, 'two');
      expect(answers).toMatchObject([{ Status: 'SUCCESS', Data: { Changes: '1' } }]);
      expect(tasks).toMatchObject([{ cluster: 'cluster', taskDefinition: 'task:1', launchType: 'FARGATE' }]);
      expect(await indexes()).toEqual([]);

      const { code, lines: said } = await runTask();

      expect(said.map(({ event }) => event)).toEqual([
        'long-migration-began',
        'long-migration-progress',
        'long-migration-applied',
        'long-migrations-finished',
      ]);
      expect(code).toBe(0);
      expect(await indexes()).toEqual([{ indisvalid: true }]);
    });

    test('a task that fails says why, and ends with 1', async () => {
      const { code, lines: said } = await runTask({ DATABASE_SECRET_ARN: '' });
      expect(said).toEqual([
        {
          event: 'long-migration-failed',
          level: 'ERROR',
          reason: 'Error: DATABASE_SECRET_ARN must be the secret of the administrator, got none; correct the environment',
        },
      ]);
      expect(code).toBe(1);
    });
  });

  test('writes the reason of a task that could not start into its log', async () => {
    const detail = {
      taskArn: 'task',
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'CannotPullContainerError',
      containers: [{ reason: 'no way' }],
    };
    await handler({ detail } as never, { getRemainingTimeInMillis: () => 900_000 });
    expect(lines).toEqual([
      { event: 'long-migration-task-stopped', level: 'ERROR', task: 'task', reason: 'TaskFailedToStart: CannotPullContainerError: no way' },
    ]);
    expect(answers).toEqual([]);
  });
});
