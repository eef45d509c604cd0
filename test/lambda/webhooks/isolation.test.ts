import { DEFAULT_LIMITS, type EndpointLimits } from 'plinth-runtime/webhooks';
import { answer, PostFailure } from '../../runtime/webhooks/world';
import { modelledQueues } from './modelled-queues';

/** Functions, as production has them, each with ten messages at most. */
const SLOTS = { fanOut: 5, deliver: 50, quarantine: 10 };
const BATCH = 10;
const HEALTHY = 1000;
const POST_MS = 100;
const HANGS_MS = 10_000;
/** Every 5 ms two messages: those of the healthy keep about 20 of the 50 functions busy. */
const AT_ONCE = 2;
const EVERY_MS = 5;

interface Load {
  readonly tenants: number;
  /** Of the endpoint that hangs; without it there is none. */
  readonly hung?: EndpointLimits;
}

/** One message to each of 1,000 endpoints, and if one hangs, 200 to it meanwhile; how long each healthy one waited for its post, in order. */
async function dwells({ tenants, hung }: Load): Promise<number[]> {
  const { endpoint, publish, receiver, wait, workUntil, clock, failures } = modelledQueues({ slots: SLOTS, batch: BATCH });
  const tenantOf = (at: number) => `tenant-${at % tenants}`;
  for (let at = 0; at < HEALTHY; at += 1) await endpoint({ id: `whe_${at}`, tenantId: tenantOf(at), events: [`healthy.n${at}`] });
  if (hung) await endpoint({ id: 'whe_hung', tenantId: tenantOf(0), limits: hung, events: ['hung.done'] });
  const published = new Map<string, number>();
  const waited: number[] = [];
  receiver.receive = async ({ url, headers }) => {
    const isHung = url.includes('hung');
    if (!isHung) waited.push(clock.now() - published.get(headers['webhook-id'])!);
    await wait(isHung ? HANGS_MS : POST_MS);
    if (isHung) throw new PostFailure('timeout');
    return answer(200, { latencyMs: POST_MS });
  };
  for (let at = 0; at < HEALTHY; at += 1) {
    published.set((await publish({ tenantId: tenantOf(at), type: `healthy.n${at}` })).id, clock.now());
    if (hung && at < 200) await publish({ tenantId: tenantOf(0), type: 'hung.done' });
    if (at % AT_ONCE === AT_ONCE - 1) await workUntil(() => false, EVERY_MS);
  }
  await workUntil(() => waited.length === HEALTHY, 60_000);
  expect(failures).toEqual([]);
  expect(waited).toHaveLength(HEALTHY);
  return waited.toSorted((one, other) => one - other);
}

const p99 = (sorted: readonly number[]): number => sorted[Math.ceil(0.99 * sorted.length) - 1] + POST_MS;

describe('failure mode 18: one endpoint hangs among 1,000 that do not, as SQS fair queues are modelled', () => {
  let quiet: number[];
  beforeAll(async () => {
    quiet = await dwells({ tenants: 10 });
  });

  test.each([10, 1])('the others, of %i tenants, wait no longer than without it', async (tenants) => {
    expect(p99(await dwells({ tenants, hung: DEFAULT_LIMITS }))).toBeLessThanOrEqual(1.1 * p99(quiet));
  });

  test('without its limit of posts on their way they would', async () => {
    expect(p99(await dwells({ tenants: 10, hung: { inFlight: HEALTHY } }))).toBeGreaterThan(10 * p99(quiet));
  });
});
