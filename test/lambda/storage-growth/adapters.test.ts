import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { RDSClient } from '@aws-sdk/client-rds';
import { disksOf } from '../../../lambda/storage-growth/config';
import { CloudWatchFreeSpace } from '../../../lambda/storage-growth/free-space-cloudwatch';
import { RdsInstances } from '../../../lambda/storage-growth/instances-rds';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

type Sent = { readonly command: string; readonly input: object };

/** Gives one answer after the other instead of asking AWS, and remembers what was asked. */
function answering<C extends Pick<RDSClient, 'middlewareStack'>>(client: C, answers: readonly (object | Error)[]) {
  const sent: Sent[] = [];
  client.middlewareStack.add(
    (_, context) =>
      async ({ input }) => {
        const answer = answers[sent.length] ?? {};
        sent.push({ command: String(context.commandName), input });
        if (answer instanceof Error) throw answer;
        return { response: undefined, output: { ...answer, $metadata: {} } };
      },
    { step: 'initialize' },
  );
  return { client, sent };
}

function rdsAnswering(...answers: (object | Error)[]) {
  const { client, sent } = answering(new RDSClient({ region: 'eu-central-1' }), answers);
  return { instances: new RdsInstances(client), sent };
}

const now = new Date('2026-03-04T05:06:07Z');

function spaceAnswering(answer: object) {
  const { client, sent } = answering(new CloudWatchClient({ region: 'eu-central-1' }) as unknown as RDSClient, [answer]);
  return { space: new CloudWatchFreeSpace(client, () => now), sent };
}

const named = (name: string, message: string) => Object.assign(new Error(message), { name });

test('reads an instance', async () => {
  const { instances } = rdsAnswering({
    DBInstances: [
      {
        DBInstanceStatus: 'available',
        AllocatedStorage: 100,
        PendingModifiedValues: { AllocatedStorage: 120 },
        StorageOperationStatus: 'Optimizing',
        StorageType: 'gp3',
        Iops: 3000,
        StorageThroughput: 125,
      },
    ],
  });

  expect(await instances.describe('db')).toEqual({
    identifier: 'db',
    status: 'available',
    allocatedGib: 100,
    pendingGib: 120,
    storageOperation: 'Optimizing',
    storageType: 'gp3',
    iops: 3000,
    throughput: 125,
  });
});

test('an instance without a disk is a fault', async () => {
  await expect(rdsAnswering({ DBInstances: [] }).instances.describe('db')).rejects.toThrow(
    'the instance must have an allocated storage, got none; look whether it was deleted',
  );
});

test('finds the last change of a disk among the events, over all pages', async () => {
  const event = (minute: number, Message: string) => ({ Date: new Date(Date.UTC(2026, 2, 4, 3, minute)), Message });
  const { instances, sent } = rdsAnswering(
    { Events: [event(1, 'Applying modification to allocated storage'), event(30, 'Backing up DB instance')], Marker: 'more' },
    { Events: [event(9, 'Finished applying autoscaling-initiated modification to allocated storage')] },
  );

  expect(await instances.lastChange('db', 6 * 60 * 60 * 1000)).toEqual(new Date('2026-03-04T03:09:00Z'));
  expect(sent.map(({ input }) => input)).toEqual([
    { SourceType: 'db-instance', SourceIdentifier: 'db', Duration: 360, Marker: undefined },
    { SourceType: 'db-instance', SourceIdentifier: 'db', Duration: 360, Marker: 'more' },
  ]);
});

test('knows of no change when no event is of one', async () => {
  expect(
    await rdsAnswering({ Events: [{ Date: now, Message: 'DB instance restarted' }] }).instances.lastChange('db', 1000),
  ).toBeUndefined();
});

test('grows a disk at once, with what belongs to it and nothing else', async () => {
  const { instances, sent } = rdsAnswering({});

  expect(await instances.grow({ identifier: 'db', toGib: 1024, maxGib: 1024, iops: 12_000, throughput: 500 })).toBe(true);
  expect(sent).toEqual([
    {
      command: 'ModifyDBInstanceCommand',
      input: {
        DBInstanceIdentifier: 'db',
        AllocatedStorage: 1024,
        MaxAllocatedStorage: 1024,
        Iops: 12_000,
        StorageThroughput: 500,
        ApplyImmediately: true,
      },
    },
  ]);
});

test.each([
  named('InvalidDBInstanceStateFault', 'Database instance is not in available state'),
  named('InvalidDBInstanceState', 'Database instance is not in available state'),
  named(
    'InvalidParameterCombination',
    "You can't currently modify the storage of this DB instance because the previous storage change is being optimized",
  ),
])('takes a refusal for busy: $message', async (error) => {
  expect(await rdsAnswering(error).instances.grow({ identifier: 'db', toGib: 120 })).toBe(false);
});

test.each([
  named('StorageQuotaExceededFault', 'the quota is used up'),
  named('InvalidParameterCombination', 'Invalid max storage size'),
  named('AccessDenied', 'not allowed'),
])('passes on a refusal: $name', async (error) => {
  await expect(rdsAnswering(error).instances.grow({ identifier: 'db', toGib: 120 })).rejects.toThrow(error.message);
});

test('reads the latest free space of the last quarter of an hour', async () => {
  const point = (minute: number, Minimum: number) => ({ Timestamp: new Date(Date.UTC(2026, 2, 4, 5, minute)), Minimum });
  const { space, sent } = spaceAnswering({ Datapoints: [point(1, 30), point(5, 10), point(3, 20)] });

  expect(await space.free('db')).toBe(10);
  expect(sent[0].input).toEqual({
    Namespace: 'AWS/RDS',
    MetricName: 'FreeStorageSpace',
    Dimensions: [{ Name: 'DBInstanceIdentifier', Value: 'db' }],
    StartTime: new Date('2026-03-04T04:51:07Z'),
    EndTime: now,
    Period: 60,
    Statistics: ['Minimum'],
  });
});

test('reads nothing where nothing was measured', async () => {
  expect(await spaceAnswering({ Datapoints: [] }).space.free('db')).toBeUndefined();
});

test('reads which disks it looks after', () => {
  expect(disksOf({ DATABASE_INSTANCES: 'source,replica', STORAGE_LIMIT_GIB: '1024' })).toEqual({
    identifiers: ['source', 'replica'],
    limitGib: 1024,
  });
});

test('names every fault of its settings at once', () => {
  expect(() => disksOf({ STORAGE_LIMIT_GIB: '1 TB' })).toThrow(
    'DATABASE_INSTANCES must be names of instances with commas between, got nothing; STORAGE_LIMIT_GIB must be a number of GiB, got 1 TB',
  );
});
