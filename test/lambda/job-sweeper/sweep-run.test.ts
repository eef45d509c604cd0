import { MemoryJobStore } from 'plinth-runtime/jobs';
import { sweepRun } from '../../../lambda/job-sweeper/sweep-run';
import { jobsOver } from '../../runtime/jobs/store';

const MINUTE_MS = 60_000;

async function runsOver(minutes: number) {
  const over = await jobsOver(async (clock) => new MemoryJobStore(clock));
  const recount = jest.spyOn(over.store, 'recount');
  const failures: (string | undefined)[] = [];
  const runs = [];
  for (let minute = 0; minute < minutes; minute += 1) {
    runs.push(await sweepRun(over.jobs, over.clock.now() + MINUTE_MS, (id) => failures.push(id)));
    over.clock.advance(MINUTE_MS);
  }
  return { ...over, recount, runs };
}

test('counts again every fifth minute', async () => {
  expect((await runsOver(10)).recount).toHaveBeenCalledTimes(2);
});

test('counts nothing when time ran out before everything due was swept', async () => {
  const { jobs, submit, clock, recount } = await runsOver(0);
  await submit();
  clock.advance(5 * MINUTE_MS);

  expect(await sweepRun(jobs, clock.now(), () => undefined)).toEqual({ due: 0, sent: 0, ended: 0, failed: 0, isCut: true, recounted: 0 });
  expect(recount).not.toHaveBeenCalled();
});
