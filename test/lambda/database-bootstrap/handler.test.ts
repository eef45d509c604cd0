import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { Migrations } from 'plinth';
import { Pglite } from '../../support/pglite';

type Handler = typeof import('../../../lambda/database-bootstrap/handler').handler;

/** CloudFormation's answers and Secrets Manager, both on the loopback address. */
describe('the function', () => {
  let database: Pglite;
  let server: Server;
  let handler: Handler;
  let answers: { Status: string; Reason: string; PhysicalResourceId: string; Data?: object }[];
  let url: string;
  const lines: unknown[] = [];
  const environment = { ...process.env };

  beforeAll(async () => {
    database = await Pglite.start({ rdsIam: true });
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (request.method === 'PUT') answers.push(JSON.parse(Buffer.concat(chunks).toString()));
        const login = {
          engine: 'postgres',
          host: '127.0.0.1',
          port: database.port,
          dbname: 'app',
          username: 'administrator',
          password: 'hush',
        };
        response.setHeader('content-type', 'application/x-amz-json-1.1');
        response.end(JSON.stringify({ SecretString: JSON.stringify(login) }));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    Object.assign(process.env, {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'none',
      AWS_SECRET_ACCESS_KEY: 'none',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
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
  const invoke = (RequestType: string, properties: object = { Migrations: listed }) => {
    const event = {
      RequestType,
      RequestId: 'one',
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
