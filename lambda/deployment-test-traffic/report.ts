import type { TestTraffic } from './test-traffic';

/** What became of one request: an answer, or the code of the fault that stood in its place. */
export type Outcome = { readonly status: number; readonly ms: number } | { readonly fault: string };

export interface Report {
  readonly passed: boolean;
  /** Why it did not pass; empty when it did. */
  readonly reasons: readonly string[];
  readonly requests: number;
  readonly errors: number;
  readonly p95Ms: number;
  /** How often each status or fault was seen. */
  readonly seen: { readonly [statusOrFault: string]: number };
}

/** Judges the outcomes: only 2xx and 3xx are answers, as a firewall, a limit or a missing route refuses with the rest. */
export function report(outcomes: readonly Outcome[], limits: Pick<TestTraffic, 'maxErrorRate' | 'maxP95Ms'>): Report {
  const errors = outcomes.filter((outcome) => 'fault' in outcome || outcome.status < 200 || outcome.status > 399).length;
  const p95Ms = percentile95(outcomes.flatMap((outcome) => ('fault' in outcome ? [] : outcome.ms)));
  const reasons: string[] = [];
  if (outcomes.length === 0) reasons.push('no request was sent');
  if (errors > limits.maxErrorRate * outcomes.length) reasons.push(`${errors} of ${outcomes.length} requests failed`);
  if (p95Ms > limits.maxP95Ms) reasons.push(`p95 was ${Math.round(p95Ms)} ms, over ${limits.maxP95Ms} ms`);
  return { passed: reasons.length === 0, reasons, requests: outcomes.length, errors, p95Ms: Math.round(p95Ms), seen: count(outcomes) };
}

/** By nearest rank: the smallest latency that 95 % of the answers do not exceed. */
function percentile95(latencies: readonly number[]): number {
  if (latencies.length === 0) return 0;
  const sorted = latencies.toSorted((one, other) => one - other);
  return sorted[Math.ceil(sorted.length * 0.95) - 1];
}

function count(outcomes: readonly Outcome[]): { [statusOrFault: string]: number } {
  const seen: { [statusOrFault: string]: number } = {};
  for (const outcome of outcomes) {
    const key = 'fault' in outcome ? outcome.fault : String(outcome.status);
    seen[key] = (seen[key] ?? 0) + 1;
  }
  return seen;
}
