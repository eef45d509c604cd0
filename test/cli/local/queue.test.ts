import { join } from 'node:path';
import { type LocalEvent, type LocalPlatform, startLocal } from '../../../cli/src/local';
import { call } from '../../../cli/src/local/aws/call';
import { synthesizeQueue } from './queue-stack';
import { HandClock, temporaryFolder } from './support';

interface Environment {
  readonly [name: string]: string;
}

const folder = temporaryFolder();
const assembly = join(folder, 'cdk.out');
const data = join(folder, 'data');

/** One run over the folder, and what it tells. */
class Work {
  readonly events: LocalEvent[] = [];
  readonly clock = new HandClock();
  platform!: LocalPlatform;
  environment!: Environment;
  private look = () => {};

  async start(): Promise<this> {
    const tell = (event: LocalEvent) => {
      this.events.push(event);
      this.look();
    };
    this.platform = await startLocal({ assembly, data, clock: this.clock, environment: { PATH: process.env.PATH }, tell });
    this.environment = ((await (await fetch(`${this.platform.url}/api/given`)).json()) as { environment: Environment }).environment;
    return this;
  }

  async stop(): Promise<void> {
    await this.platform.stop();
  }

  /** Sends what the worker is to do, in one call. */
  async send(...bodies: readonly object[]): Promise<void> {
    const Entries = bodies.map((body, index) => ({ Id: String(index), MessageBody: JSON.stringify(body) }));
    await this.queues('SendMessageBatch', { QueueUrl: this.environment.QUEUE_URL, Entries });
  }

  /** Resolves once the worker has ended a batch with this in it. */
  async done(id: string): Promise<void> {
    await this.told((event) => event.event === 'log' && new RegExp(`"done":(?:\\[[^\\]]*)?"${id}"`).test(event.line));
  }

  async told(is: (event: LocalEvent) => boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      this.look = () => void (this.events.some(is) && resolve());
      this.look();
    });
  }

  /** What is in the table: attempts of each id. */
  async rows(): Promise<{ readonly [id: string]: readonly { readonly attempt: number; readonly pid: number }[] }> {
    const emulator = { url: this.environment.AWS_ENDPOINT_URL_DYNAMODB, region: 'eu-west-1' };
    const [TableName] = /^[\w-]+/.exec(this.whatOf('table', /./))!;
    const { Items } = await call<{ Items: { id: { S: string }; attempt: { N: string }; pid: { N: string } }[] }>(
      emulator,
      'DynamoDB_20120810.Scan',
      { TableName },
    );
    const rows: { [id: string]: { attempt: number; pid: number }[] } = {};
    for (const { id, attempt, pid } of Items.toSorted((a, b) => Number(a.attempt.N) - Number(b.attempt.N)))
      (rows[id.S] ??= []).push({ attempt: Number(attempt.N), pid: Number(pid.N) });
    return rows;
  }

  /** The bodies of the first dead letters that come. */
  async deadLetters(): Promise<string[]> {
    const [QueueUrl] = /http:\S+$/.exec(this.whatOf('queue', /DeadLetters/))!;
    const { Messages = [] } = await this.queues<{ Messages?: { Body: string }[] }>('ReceiveMessage', {
      QueueUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 20,
    });
    return Messages.map(({ Body }) => (JSON.parse(Body) as { id: string }).id);
  }

  /** What is told of something that runs. */
  whatOf(name: string, which: RegExp): string {
    const told = this.events.flatMap((event) => (event.event === 'runs' && event.name === name ? event.what : []));
    return told.find((what) => which.test(what))!;
  }

  private queues<Output>(operation: string, input: object): Promise<Output> {
    return call<Output>({ url: this.environment.AWS_ENDPOINT_URL_SQS, region: 'eu-west-1' }, `AmazonSQS.${operation}`, input);
  }
}

let work: Work;

beforeAll(async () => {
  synthesizeQueue(assembly);
  work = await new Work().start();
}, 60_000);
afterAll(() => work.stop());

test('hands a message that comes in to the function of its queue', async () => {
  await work.send({ id: 'one' });
  await work.done('one');

  expect((await work.rows()).one).toEqual([{ attempt: 1, pid: expect.any(Number) }]);
});

test('has what failed come again alone, and hands it over to the dead letters after maxReceiveCount', async () => {
  await work.send({ id: 'good' }, { id: 'bad', does: 'fail' }, { id: 'fine' });

  expect(await work.deadLetters()).toEqual(['bad']);
  const rows = await work.rows();
  expect(['good', 'bad', 'fine'].map((id) => rows[id].map(({ attempt }) => attempt))).toEqual([[1], [1, 2], [1]]);
});

test('starts another process when one crashes, and has the message come again', async () => {
  await work.send({ id: 'crashes', does: 'crash' });
  await work.done('crashes');

  const [first, second] = (await work.rows()).crashes;
  expect([first.attempt, second.attempt]).toEqual([1, 2]);
  expect(second.pid).not.toBe(first.pid);
  expect(work.events).toContainEqual({
    event: 'note',
    note: expect.stringMatching(/^Worker\w+ failed messages of Queue\w+: Runtime.ExitError: ended with exit code 9$/),
  });
});

test('calls the function by the clock, once for each minute', async () => {
  expect(work.clock.asked).toEqual([60_000]);
  await work.clock.pass();
  await work.done('tick');

  expect((await work.rows()).tick).toHaveLength(1);
});

test('tells what runs, and what does not, and why', () => {
  expect(work.whatOf('function', / for /)).toMatch(/^Worker\w+ for Queue\w+, 10 messages at once, 2 times$/);
  expect(work.whatOf('table', /./)).toMatch(/; no item expires by its ttl, in \/.*\/data\/tables, http/);
  expect(work.events).toContainEqual({
    event: 'note',
    note: expect.stringMatching(/^Worker\w+ is not called by the clock: its schedule must be a rate to run here, got cron\(.*\)$/),
  });
});

test('counts the clock that does not run, and nothing that does, under what nothing local stands for', () => {
  const { absences } = work.events.find((event) => event.event === 'absent')!;

  expect(absences).toContainEqual({ type: 'AWS::Scheduler::Schedule', count: 1 });
  expect(absences.filter(({ type }) => /SQS::Queue$|DynamoDB|Lambda::(?:Function|Event)/.test(type))).toEqual([]);
});

test('keeps tables and their items from run to run, and works on', async () => {
  await work.stop();

  work = await new Work().start();
  await work.send({ id: 'later' });
  await work.done('later');

  expect(Object.keys(await work.rows())).toEqual(expect.arrayContaining(['one', 'tick', 'later']));
}, 60_000);
