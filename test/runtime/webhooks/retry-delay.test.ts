import * as fc from 'fast-check';
import { backoffMs, DEFAULT_RETRY_POLICY, MOST_RETRY_AFTER_MS, retryAfterMs, retryAt, type RetryPolicy } from 'plinth-runtime/webhooks';

const seed = 20_261_125;
const NOW = Date.UTC(2026, 10, 25);

const policies: fc.Arbitrary<RetryPolicy> = fc.record({
  maxAttempts: fc.integer({ min: 1, max: 20 }),
  backoff: fc.constantFrom('exponential' as const, 'linear' as const, 'constant' as const),
  baseDelayMs: fc.integer({ min: 1, max: 3_600_000 }),
  maxDelayMs: fc.integer({ min: 1000, max: 86_400_000 }),
  timeoutMs: fc.constant(10_000),
});
const questions = fc.record({
  policy: policies,
  spent: fc.integer({ min: 1, max: 30 }),
  retryAfterMs: fc.option(fc.integer({ min: 0, max: MOST_RETRY_AFTER_MS }), { nil: undefined }),
  random: fc.double({ min: 0, max: 1, noNaN: true }),
});

const expectAlways = (
  holds: (wait: number, question: typeof questions extends fc.Arbitrary<infer Question> ? Question : never) => boolean,
) =>
  fc.assert(
    fc.property(questions, (question) => {
      const at = retryAt({ ...question, firstAttemptAt: NOW, now: NOW });
      return at === undefined || holds(at - NOW, question);
    }),
    { seed, numRuns: 2000 },
  );

describe('the wait before another attempt', () => {
  test('failure mode 12: is never shorter than Retry-After asks', () => expectAlways((wait, { retryAfterMs: asked = 0 }) => wait >= asked));
  test('is never shorter than the backoff: what is random only adds', () =>
    expectAlways((wait, { policy, spent }) => wait >= Math.min(policy.maxDelayMs, backoffMs(policy, spent))));
  test('is at most a fifth longer', () =>
    expectAlways((wait, { policy, spent, retryAfterMs: asked = 0 }) => wait <= Math.ceil(Math.max(asked, backoffMs(policy, spent)) * 1.2)));
  test("is never beyond the policy's longest wait, unless the receiver asks for more", () =>
    expectAlways((wait, { policy, retryAfterMs: asked = 0 }) => wait <= Math.max(policy.maxDelayMs, asked)));
  test('does not shrink with the attempts', () =>
    fc.assert(
      fc.property(policies, fc.integer({ min: 1, max: 60 }), (policy, spent) => backoffMs(policy, spent + 1) >= backoffMs(policy, spent)),
      { seed },
    ));

  test('CTX-10.2 is 1, 2, 4 seconds by default, for three attempts in all', () => {
    expect([1, 2, 3].map((spent) => backoffMs(DEFAULT_RETRY_POLICY, spent))).toEqual([1000, 2000, 4000]);
    const ask = (spent: number, policy = DEFAULT_RETRY_POLICY) => retryAt({ policy, spent, firstAttemptAt: NOW, now: NOW, random: 0 });
    expect([1, 2, 3].map((spent) => ask(spent))).toEqual([NOW + 1000, NOW + 2000, undefined]);
    expect(ask(3, { ...DEFAULT_RETRY_POLICY, maxAttempts: 4 })).toBe(NOW + 4000);
    expect(DEFAULT_RETRY_POLICY.timeoutMs).toBe(10_000);
  });

  test.each([
    ['exponential', [10, 20, 40, 80, 100]],
    ['linear', [10, 20, 30, 40, 50]],
    ['constant', [10, 10, 10, 10, 10]],
  ] as const)('grows %s up to its longest', (backoff, waits) => {
    const policy = { ...DEFAULT_RETRY_POLICY, backoff, baseDelayMs: 10, maxDelayMs: 100 };
    expect([1, 2, 3, 4, 5].map((spent) => backoffMs(policy, spent))).toEqual(waits);
  });
});

describe('a budget of time', () => {
  const policy = { ...DEFAULT_RETRY_POLICY, maxAttempts: 1, maxElapsedMs: 3 * 86_400_000 };

  test('takes the place of the count', () => {
    expect(retryAt({ policy, spent: 40, firstAttemptAt: NOW, now: NOW, random: 0 })).toBe(NOW + policy.maxDelayMs);
  });

  test('ends where the next attempt would lie beyond it', () => {
    const at = (now: number, retryAfter?: number) =>
      retryAt({ policy, spent: 1, firstAttemptAt: NOW, now, random: 0, retryAfterMs: retryAfter });
    expect(at(NOW + policy.maxElapsedMs - 1000)).toBe(NOW + policy.maxElapsedMs);
    expect(at(NOW + policy.maxElapsedMs - 999)).toBeUndefined();
    expect(at(NOW + policy.maxElapsedMs - 1000, 1001)).toBeUndefined();
  });
});

test('Retry-After is read for any text without throwing, and is 24 hours at most', () =>
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.integer().map(String),
        fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
      ),
      (text) => {
        const wait = retryAfterMs(text, NOW);
        return wait === undefined || (wait >= 0 && wait <= MOST_RETRY_AFTER_MS);
      },
    ),
    { seed, numRuns: 2000 },
  ));
