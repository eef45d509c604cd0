import { OpenAiProvider, type ProviderError } from 'plinth-runtime/provider';
import { Deadline } from 'plinth-runtime/resilience';
import fc from 'fast-check';
import { fakeVector } from '../../support/fake-provider';
import { ManualClock } from '../../support/manual-clock';
import { DIMENSIONS, settingsOf } from './support';

interface Step {
  readonly tookMs: number;
  readonly status: number;
  /** Whole seconds. */
  readonly retryAfter?: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  tookMs: fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 0, max: 5_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 30_000, max: 90_000 }) },
  ),
  status: fc.constantFrom(200, 400, 429, 500, 503),
  retryAfter: fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined }),
});

function answer({ status, retryAfter }: Step): Response {
  const body = { data: [{ index: 0, embedding: fakeVector('apple', DIMENSIONS) }], usage: { prompt_tokens: 7 } };
  const headers = retryAfter === undefined ? undefined : { 'retry-after': String(retryAfter) };
  return new Response(JSON.stringify(status === 200 ? body : {}), { status, headers });
}

/** What a provider that behaves so sees of one call, under a clock that nobody waits for. */
async function play(steps: readonly Step[], deadlineMs: number, random: () => number) {
  const clock = new ManualClock({ skipsWaits: true });
  const began: number[] = [];
  const ended: (number | undefined)[] = [];
  const send = async (_url: unknown, { signal }: RequestInit) => {
    const attempt = began.length;
    const now = steps[attempt];
    began.push(clock.now());
    // The timeout beside it wakes first where it is due first.
    await clock.sleep(now.tookMs, signal!);
    signal!.throwIfAborted();
    ended[attempt] = clock.now();
    return answer(now);
  };
  const provider = new OpenAiProvider(settingsOf('http://127.0.0.1:1'), { fetch: send as typeof fetch, clock, random });
  const deadline = Deadline.after(deadlineMs, clock);
  const outcome = await provider.embed(['apple'], { deadline }).then(
    () => 'success',
    (error: unknown) => (error as ProviderError).code,
  );
  return { began, ended, outcome, deadline };
}

describe('the times of one call', () => {
  it('REC-14.1 keep the deadline, Retry-After and four attempts, whatever the provider does', () => {
    const draws = fc.infiniteStream(fc.double({ min: 0, max: 0.999_999, noNaN: true }));
    return fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 4, maxLength: 4 }),
        fc.integer({ min: 1, max: 120_000 }),
        draws,
        async (steps, ms, rolls) => {
          const { began, ended, outcome, deadline } = await play(steps, ms, () => rolls.next().value as number);
          expect(began.length).toBeLessThanOrEqual(4);
          expect(began.every((at) => at < deadline.at)).toBe(true);
          const asked = steps.map(({ retryAfter = 0 }, index) => (ended[index] ?? 0) + retryAfter * 1_000);
          expect(began.slice(1).every((at, index) => at >= asked[index])).toBe(true);
          const last = steps[began.length - 1];
          expect(outcome === 'success').toBe(last.status === 200 && last.tookMs < Math.min(30_000, deadline.at - began.at(-1)!));
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });
});
