import { modelWaits, type ModelledMessage, type QueueModel } from './fair-queue-model';

const SERVICE_MS = 1000;
const many = (group: string, count: number, sentAt = 0, serviceMs = SERVICE_MS): ModelledMessage[] =>
  Array.from({ length: count }, () => ({ group, sentAt, serviceMs }));

/** How long the one job of a tenant waits that comes while another has 10,000 queued. */
const waitOfOne = (model: QueueModel, sentAt = 3500) => modelWaits([...many('busy', 10_000), ...many('quiet', 1, sentAt)], model).at(-1);

describe('as SQS fair queues are modelled', () => {
  test('CTX-4.4 a tenant with 10,000 queued jobs delays another by one job of its own at most', () => {
    expect(waitOfOne({ slots: 100, isFair: true })).toBeLessThanOrEqual(SERVICE_MS);
  });

  test('in one line the same job waits for all that came before', () => {
    expect(waitOfOne({ slots: 100, isFair: false })).toBe(96_500);
  });

  test('few workers tell a busy tenant by the time it used', () => {
    expect(waitOfOne({ slots: 5, isFair: true })).toBeLessThanOrEqual(SERVICE_MS);
  });

  test('few but slow jobs of one tenant delay another by no more than one of them', () => {
    const waits = modelWaits([...many('slow', 200, 0, 30_000), ...many('quiet', 1, 45_000)], { slots: 20, isFair: true });
    expect(waits.at(-1)).toBeLessThanOrEqual(30_000);
    expect(modelWaits([...many('slow', 200, 0, 30_000), ...many('quiet', 1, 45_000)], { slots: 20, isFair: false }).at(-1)).toBe(255_000);
  });

  test('a hundred quiet tenants are served before the busy one goes on', () => {
    const quiet = Array.from({ length: 100 }, (_, at) => many(`quiet-${at}`, 1, 3500)).flat();
    const waits = modelWaits([...many('busy', 10_000), ...quiet], { slots: 100, isFair: true }).slice(10_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(SERVICE_MS);
  });

  test('a busy tenant takes every worker while nobody else waits', () => {
    const waits = modelWaits(many('busy', 1000), { slots: 100, isFair: true });
    expect(Math.max(...waits)).toBe(9 * SERVICE_MS);
  });
});
