import * as fc from 'fast-check';
import { type Outcome, report } from '../../../lambda/deployment-test-traffic/report';

const limits = { maxErrorRate: 0.05, maxP95Ms: 1000 };
const answers = (count: number, status = 200, ms = 10): Outcome[] => Array.from({ length: count }, () => ({ status, ms }));
const faults = (count: number): Outcome[] => Array.from({ length: count }, () => ({ fault: 'ECONNREFUSED' }));

test('passes fifty good answers', () => {
  expect(report(answers(50), limits)).toEqual({ passed: true, reasons: [], requests: 50, errors: 0, p95Ms: 10, seen: { 200: 50 } });
});

test('passes two server errors in fifty', () => {
  expect(report([...answers(48), ...answers(2, 503)], limits).passed).toBe(true);
});

test('fails at three server errors in fifty', () => {
  expect(report([...answers(47), ...answers(3, 503)], limits).reasons).toEqual(['3 of 50 requests failed']);
});

test('counts connection faults as errors', () => {
  expect(report([...answers(47), ...faults(3)], limits)).toMatchObject({ passed: false, errors: 3, seen: { 200: 47, ECONNREFUSED: 3 } });
});

test.each([401, 403, 404, 429])('fails answers of %i, which a firewall or a missing route gives', (status) => {
  expect(report(answers(50, status), limits).passed).toBe(false);
});

test('passes a p95 of exactly the limit', () => {
  expect(report(answers(50, 200, 1000), limits).passed).toBe(true);
});

test('passes two slow answers in fifty', () => {
  expect(report([...answers(48), ...answers(2, 200, 5000)], limits).p95Ms).toBe(10);
});

test('fails at three slow answers in fifty', () => {
  expect(report([...answers(47), ...answers(3, 200, 1001)], limits).reasons).toEqual(['p95 was 1001 ms, over 1000 ms']);
});

test('fails when nothing was sent', () => {
  expect(report([], limits).reasons).toEqual(['no request was sent']);
});

test('has a p95 that 95 % of the answers do not exceed', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(10_000), { minLength: 1, maxLength: 200 }), (latencies) => {
      const { p95Ms } = report(
        latencies.map((ms) => ({ status: 200, ms })),
        limits,
      );
      const within = latencies.filter((ms) => ms <= p95Ms).length;
      const below = latencies.filter((ms) => ms < p95Ms).length;
      return within >= 0.95 * latencies.length && below < 0.95 * latencies.length;
    }),
  );
});
