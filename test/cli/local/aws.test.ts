import { DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { join } from 'node:path';
import type { LocalEvent } from '../../../cli/src/local';
import { type Engines, startEngines } from '../../../cli/src/local/aws/engines';
import { physicalName } from '../../../cli/src/local/aws/physical-name';
import { DeployedValues } from '../../../cli/src/local/model/deployed-values';
import { Run } from '../../../cli/src/local/process/run';
import { stageModel, temporaryFolder } from './support';

const key = (AttributeName: string, KeyType = 'HASH') => ({ AttributeName, KeyType });
const table = (indexes: readonly string[] = ['by-owner']) => ({
  Type: 'AWS::DynamoDB::GlobalTable',
  Properties: {
    AttributeDefinitions: ['id', 'owner'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [key('id')],
    BillingMode: 'PAY_PER_REQUEST',
    GlobalSecondaryIndexes: indexes.map((IndexName) => ({
      IndexName,
      KeySchema: [key('owner'), key('id', 'RANGE')],
      Projection: { ProjectionType: 'ALL' },
    })),
    TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    Replicas: [{ Region: 'eu-west-1' }],
  },
});
const RESOURCES = {
  Queue: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      VisibilityTimeout: 7,
      SqsManagedSseEnabled: true,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 3 },
    },
  },
  Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead-letters' } },
  Ordered: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true, ContentBasedDeduplication: true } },
  Table: table(),
  Bucket: { Type: 'AWS::S3::Bucket' },
  Unused: { Type: 'AWS::S3::Bucket' },
};

function setUp(resources: object, data?: string) {
  const model = stageModel(resources);
  const events: LocalEvent[] = [];
  const tell = (event: LocalEvent) => void events.push(event);
  const run = new Run(tell);
  const values = new DeployedValues(model);
  const used = model.resources.filter(({ id }) => !['Dead', 'Unused'].includes(id));
  const base = { PATH: process.env.PATH ?? '' };
  const engines = startEngines(used, { model, run, values, region: 'eu-west-1', base, data, tell });
  return { engines, run, model, events, value: (value: object) => values.resolve('App', value).value as string };
}

describe('queues, tables and buckets', () => {
  const set = setUp(RESOURCES);
  let engines: Engines;
  let client: { readonly region: string; readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } };
  let sqs: SQSClient;

  beforeAll(async () => {
    engines = await set.engines;
    client = { region: 'eu-west-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
    // As a process finds it: no endpoint but that of the queue's own URL.
    process.env.AWS_ENDPOINT_URL_SQS = engines.environment.AWS_ENDPOINT_URL_SQS;
    sqs = new SQSClient(client);
  });
  afterAll(async () => {
    delete process.env.AWS_ENDPOINT_URL_SQS;
    sqs.destroy();
    await set.run.stop();
  });

  test('listen on the loopback address alone', () => {
    expect(Object.keys(engines.environment)).toEqual(['AWS_ENDPOINT_URL_SQS', 'AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL_DYNAMODB']);
    for (const url of Object.values(engines.environment)) expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  test('a queue is reached by its URL, and does what its template says', async () => {
    const QueueUrl = set.value({ Ref: 'Queue' });
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello', MessageGroupId: 'tenant' }));

    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));

    expect(Messages).toMatchObject([{ Body: 'hello' }]);
    expect(Attributes).toMatchObject({
      QueueArn: 'arn:aws:sqs:eu-west-1:000000000000:dev-App-Queue',
      VisibilityTimeout: '7',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: 'arn:aws:sqs:eu-west-1:000000000000:dead-letters', maxReceiveCount: 3 }),
    });
    expect(set.value({ 'Fn::GetAtt': ['Queue', 'QueueName'] })).toBe('dev-App-Queue');
    expect(set.value({ 'Fn::GetAtt': ['Dead', 'Arn'] })).toBe('arn:aws:sqs:eu-west-1:000000000000:dead-letters');
  });

  test('an ordered queue has the name of one', () => {
    expect(set.value({ Ref: 'Ordered' })).toMatch(/\/000000000000\/dev-App-Ordered\.fifo$/);
  });

  test('a table has its keys and indexes', async () => {
    const dynamodb = new DynamoDBClient({ ...client, endpoint: engines.environment.AWS_ENDPOINT_URL_DYNAMODB });
    const TableName = set.value({ Ref: 'Table' });
    await dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: '1' }, owner: { S: 'me' } } }));

    const found = await dynamodb.send(
      new QueryCommand({
        TableName,
        IndexName: 'by-owner',
        KeyConditionExpression: '#o = :o',
        ExpressionAttributeNames: { '#o': 'owner' },
        ExpressionAttributeValues: { ':o': { S: 'me' } },
      }),
    );

    expect(found.Items).toEqual([{ id: { S: '1' }, owner: { S: 'me' } }]);
    expect(set.value({ 'Fn::GetAtt': ['Table', 'Arn'] })).toBe('arn:aws:dynamodb:eu-west-1:000000000000:table/dev-App-Table');
    dynamodb.destroy();
  });

  test('a bucket keeps objects', async () => {
    const s3 = new S3Client({ ...client, endpoint: engines.environment.AWS_ENDPOINT_URL_S3 });
    const Bucket = set.value({ Ref: 'Bucket' });
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a/b.json', Body: '{}' }));

    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'a/b.json' }));

    expect(await Body!.transformToString()).toBe('{}');
    expect(set.value({ 'Fn::GetAtt': ['Bucket', 'Arn'] })).toBe('arn:aws:s3:::dev-app-bucket');
    s3.destroy();
  });

  test('are told, with what is otherwise here', () => {
    const told = set.events.flatMap((event) => (event.event === 'runs' ? `${event.name}: ${event.what}` : []));

    expect(told).toContainEqual(expect.stringMatching(/^queue: Queue, in memory, http:\/\/127\.0\.0\.1:\d+\/000000000000\/dev-App-Queue$/));
    expect(told).toContainEqual(
      expect.stringMatching(/^table: dev-App-Table, indexes by-owner; no item expires by its ttl, in memory, http:\/\/127\.0\.0\.1:\d+$/),
    );
    expect(set.events).toContainEqual({
      event: 'note',
      note: 'queues are not fair here: a message group of a standard queue changes nothing',
    });
  });

  test('are made when the run uses them, or their dead letters', () => {
    expect(set.model.absences()).toEqual([{ type: 'AWS::S3::Bucket', count: 1 }]);
  });
});

describe('a folder of data', () => {
  const folder = join(temporaryFolder(), 'tables');

  test('keeps the items of a table from run to run, and refuses other keys', async () => {
    const item = { TableName: 'dev-App-Table', Item: { id: { S: '1' } } };
    const open = (engines: Engines) =>
      new DynamoDBClient({
        region: 'eu-west-1',
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
        endpoint: engines.environment.AWS_ENDPOINT_URL_DYNAMODB,
      });
    const first = setUp({ Table: table() }, folder);
    const writer = open(await first.engines);
    await writer.send(new PutItemCommand(item));
    writer.destroy();
    await first.run.stop();

    const second = setUp({ Table: table() }, folder);
    const reader = open(await second.engines);
    const { Item } = await reader.send(new GetItemCommand({ TableName: item.TableName, Key: item.Item }));
    reader.destroy();
    await second.run.stop();
    const third = setUp({ Table: table(['by-name']) }, folder);

    expect(Item).toEqual(item.Item);
    await expect(third.engines).rejects.toThrow(
      'table dev-App-Table: keys and indexes must be those of the table in --data (HASH id, by-owner: HASH owner RANGE id), got HASH id, by-name: HASH owner RANGE id; give another folder',
    );
    await third.run.stop();
  });
});

test('a definition that the emulator refuses is told with its reason', async () => {
  const { engines, run } = setUp({ Table: { ...table(), Properties: { ...table().Properties, KeySchema: [key('other')] } } });

  await expect(engines).rejects.toThrow(/^DynamoDB_20120810.CreateTable must be taken by the local emulator, got ValidationException: /);
  await run.stop();
});

test('nothing is started for a run that uses none', async () => {
  const { engines, run, events } = setUp({ Topic: { Type: 'AWS::SNS::Topic' } });

  expect((await engines).environment).toEqual({});
  expect(events).toEqual([]);
  await run.stop();
});

test('a name that is too long is cut, and stays different from others', () => {
  const [one] = stageModel({ [`A${'x'.repeat(80)}`]: { Type: 'AWS::SQS::Queue' } }).resources;
  const [other] = stageModel({ [`A${'x'.repeat(80)}y`]: { Type: 'AWS::SQS::Queue' } }).resources;

  expect(physicalName(one, 64)).toMatch(/^dev-App-Ax+-[0-9a-f]{8}$/);
  expect(physicalName(one, 64)).toHaveLength(64);
  expect(physicalName(one, 64)).not.toBe(physicalName(other, 64));
});
