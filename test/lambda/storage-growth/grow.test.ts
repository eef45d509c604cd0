import fc from 'fast-check';
import { FakeRds, instance } from './builder';

const replica = instance({ identifier: 'replica' });

test('REC-5.6 makes a disk larger at 85 % use', async () => {
  const rds = new FakeRds(instance());

  await rds.run();

  expect(rds.grown).toEqual([{ identifier: 'source', toGib: 120 }]);
  expect(rds.lines).toEqual([
    { event: 'storage-growth', instance: 'source', allocatedGib: 100, freeBytes: 15 * 1024 ** 3, action: 'grow', toGib: 120 },
  ]);
});

test('REC-5.6 leaves a disk under 85 % as it is', async () => {
  const rds = new FakeRds(instance());
  rds.freeGib.set('source', 15.01);

  await rds.run();

  expect(rds.grown).toEqual([]);
});

test.each([
  [{ status: 'modifying' }, 'it is modifying'],
  [{ status: 'storage-optimization' }, 'it is storage-optimization'],
  [{ status: 'backing-up' }, 'it is backing-up'],
  [{ pendingGib: 120 }, 'it grows to 120 GiB'],
  [{ storageOperation: 'Optimizing' }, 'its disk is Optimizing'],
])('waits while RDS is at work: %j', async (more, reason) => {
  const rds = new FakeRds(instance(more));

  await rds.run();

  expect(rds.grown).toEqual([]);
  expect(rds.lines).toMatchObject([{ action: 'wait', reason }]);
});

test('grows a disk that is full already', async () => {
  const rds = new FakeRds(instance({ status: 'storage-full' }));
  rds.freeGib.set('source', 0);

  await rds.run();

  expect(rds.grown).toHaveLength(1);
});

test('waits for six hours after any change, as what was measured may be of the smaller disk', async () => {
  const rds = new FakeRds(instance());
  await rds.run();
  rds.settle();

  await rds.run();

  expect(rds.grown).toHaveLength(1);
  expect(rds.lines.at(-1)).toMatchObject({
    action: 'wait',
    reason: 'its disk changed at 2026-03-04T05:00:00.000Z, and RDS takes no other change for 6 hours',
  });
});

test('leaves a disk alone that changed while it looked', async () => {
  const rds = new FakeRds(instance());
  let reads = 0;
  rds.pause = async () => {
    reads += 1;
    if (reads === 3) rds.disks.set('source', instance({ allocatedGib: 200 }));
  };

  await rds.run();

  expect(rds.grown).toEqual([]);
  expect(rds.lines).toMatchObject([{ action: 'wait', reason: 'it changed while this run looked at it' }]);
});

test('any number of runs at once make a disk grow once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 4 }), async (scheduler, runs) => {
      const rds = new FakeRds(instance());
      rds.pause = () => scheduler.schedule(Promise.resolve());
      rds.asked = () => void scheduler.schedule(Promise.resolve()).then(() => rds.settle());
      await scheduler.waitFor(Promise.allSettled(Array.from({ length: runs }, () => rds.run())));
      await scheduler.waitIdle();
      expect(rds.grown).toEqual([{ identifier: 'source', toGib: 120 }]);
      expect(rds.disks.get('source')?.allocatedGib).toBe(120);
    }),
    { seed: 5006, numRuns: 100 },
  );
});

test('a replica grows when its source does', async () => {
  const rds = new FakeRds(instance(), replica);
  rds.freeGib.set('replica', 20);

  await rds.run();

  expect(rds.grown).toEqual([
    { identifier: 'source', toGib: 120 },
    { identifier: 'replica', toGib: 120 },
  ]);
});

test('a replica catches up with a source that has grown by itself', async () => {
  const rds = new FakeRds(instance({ allocatedGib: 150 }), replica);
  rds.freeGib.set('source', 100).set('replica', 50);

  await rds.run();

  expect(rds.grown).toEqual([{ identifier: 'replica', toGib: 150 }]);
});

test('a replica that is smaller by less than a step of RDS is left alone', async () => {
  const rds = new FakeRds(instance({ allocatedGib: 109 }), replica);
  rds.freeGib.set('source', 100).set('replica', 50);

  await rds.run();

  expect(rds.grown).toEqual([]);
});

test('fails at the limit, and says what to do', async () => {
  const rds = new FakeRds(instance({ allocatedGib: 1024 }));

  await expect(rds.run()).rejects.toMatchObject({
    name: 'StorageGrowthError',
    code: 'storage-growth',
    message: 'source: 85 % of 1024 GiB are full, and the limit of 1024 GiB leaves no step of 10 %; raise size.maxStorage or delete rows',
  });
  expect(rds.grown).toEqual([]);
});

test('tells RDS at the last step that its own growth has nothing left', async () => {
  const rds = new FakeRds(instance({ allocatedGib: 900 }));

  await rds.run();

  expect(rds.grown).toEqual([{ identifier: 'source', toGib: 1024, maxGib: 1024, iops: 12_000, throughput: 500 }]);
});

test.each([
  [{ allocatedGib: 300 }, { toGib: 360 }],
  [{ allocatedGib: 360 }, { toGib: 432, iops: 12_000, throughput: 500 }],
  [
    { allocatedGib: 500, iops: 15_000, throughput: 600 },
    { toGib: 600, iops: 15_000, throughput: 600 },
  ],
  [
    { allocatedGib: 100, storageType: 'io2', iops: 4000, throughput: undefined },
    { toGib: 120, iops: 4000 },
  ],
])('asks for the speed that RDS wants to be told with the size: %j', async (more, growth) => {
  const rds = new FakeRds(instance(more));

  await rds.run();

  expect(rds.grown).toEqual([{ identifier: 'source', ...growth }]);
});

test('one disk that fails holds up no other', async () => {
  const rds = new FakeRds(replica);

  await expect(rds.run({ identifiers: ['source', 'replica'] })).rejects.toThrow('source: DBInstanceNotFoundFault: source not found');
  expect(rds.grown).toEqual([{ identifier: 'replica', toGib: 120 }]);
});

test('fails when nothing was measured of an instance that runs', async () => {
  const rds = new FakeRds(instance());
  rds.freeGib.set('source', undefined);

  await expect(rds.run()).rejects.toThrow(
    'source: Error: FreeStorageSpace must have been measured within 15 minutes, got nothing; look whether CloudWatch has it',
  );
});

test('waits for an instance that does not run', async () => {
  const rds = new FakeRds(instance({ status: 'creating' }));
  rds.freeGib.set('source', undefined);

  await rds.run();

  expect(rds.lines).toMatchObject([{ action: 'wait', reason: 'it is creating' }]);
});

test('never asks for a smaller disk, whatever is read', async () => {
  const status = fc.constantFrom('available', 'storage-full', 'modifying', 'stopped');
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 20, max: 2000 }),
      fc.integer({ min: 20, max: 2000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 20, max: 1024 }),
      status,
      async (sourceGib, replicaGib, free, limitGib, state) => {
        const rds = new FakeRds(instance({ allocatedGib: sourceGib, status: state }), { ...replica, allocatedGib: replicaGib });
        rds.freeGib.set('source', sourceGib * free).set('replica', replicaGib * free);
        await rds.run({ limitGib }).catch(() => undefined);
        for (const { identifier, toGib } of rds.grown)
          expect(toGib).toBeGreaterThanOrEqual((identifier === 'source' ? sourceGib : replicaGib) * 1.1);
      },
    ),
    { seed: 5006, numRuns: 300 },
  );
});
