import { answer } from '../../runtime/webhooks/world';
import { modelledQueues, type ModelOptions } from './modelled-queues';

const SLOTS = { fanOut: 10, deliver: 20, quarantine: 5 };
const POST_MS = 200;

/** A tenant that sends each of its endpoints so many messages at once, and one that sends one each second from then on. */
async function flood({ endpoints, messages, ...options }: { endpoints: number; messages: number } & Partial<ModelOptions>) {
  const of = modelledQueues({ slots: SLOTS, ...options });
  // Of one endpoint as many at once as there are slots, so that its posts hold them all.
  for (let at = 0; at < endpoints; at += 1) await of.endpoint({ id: `whe_busy${at}`, tenantId: 'busy', limits: { inFlight: 20 } });
  await of.endpoint({ id: 'whe_quiet', tenantId: 'quiet' });
  of.receiver.receive = async () => {
    await of.wait(POST_MS);
    return answer(200);
  };
  for (let n = 0; n < messages; n += 1) await of.publish({ tenantId: 'busy', body: { n } });
  await of.workUntil(() => false, 2000);
  /** How many posts of the other's, and how long, the one delivery of the quiet tenant waits. */
  const sendOne = async (withinMs = 60_000) => {
    const ofQuiet = () => of.receiver.got.filter(({ url }) => url.includes('quiet')).length;
    const [posts, at, before] = [of.receiver.got.length, of.clock.now(), ofQuiet()];
    await of.publish({ tenantId: 'quiet' });
    const isSent = await of.workUntil(() => ofQuiet() > before, withinMs);
    return { isSent, posts: of.receiver.got.length - posts, ms: of.clock.now() - at };
  };
  return { ...of, sendOne };
}

describe('failure mode 17: a tenant floods and another sends one, as SQS fair queues are modelled', () => {
  test.each([
    ['100,000 messages to one endpoint', { endpoints: 1, messages: 100_000 }],
    ['10,000 deliveries to 200 endpoints, none of which is noisy by itself', { endpoints: 200, messages: 50 }],
  ])('%s: the other waits for a post of each slot at most', async (_name, load) => {
    const { sendOne, workUntil, failures, receiver } = await flood(load);

    expect(receiver.got.length).toBeGreaterThan(SLOTS.deliver);
    for (let second = 0; second < 2; second += 1) {
      const { isSent, posts, ms } = await sendOne();
      expect(isSent).toBe(true);
      expect(posts).toBeLessThanOrEqual(SLOTS.deliver + 1);
      expect(ms).toBeLessThanOrEqual(1.5 * POST_MS);
      await workUntil(() => false, 1000);
    }
    expect(failures).toEqual([]);
  });

  test('in one line it would wait for the flood', async () => {
    const { sendOne } = await flood({ endpoints: 1, messages: 3000, isFair: false });

    const { isSent, posts } = await sendOne(10_000);
    expect(isSent).toBe(false);
    expect(posts).toBeGreaterThan(30 * SLOTS.deliver);
  });
});
