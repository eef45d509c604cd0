import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { HealthCheck } from '../model/balancers';

/** What a target answered its health check with. */
export interface HealthAnswer {
  readonly healthy: boolean;
  readonly reason: string;
}

/** Who asks, as the load balancer calls itself. */
export const HEALTH_AGENT = 'ELB-HealthChecker/2.0';

/** Whether a status is among those of a matcher, such as `200-299` or `200,204`. */
export function isExpected(codes: string, status: number): boolean {
  return codes.split(',').some((range) => {
    const [from, to = from] = range.split('-').map(Number);
    return status >= from && status <= to;
  });
}

/** Asks a target once. */
export function checkHealth(check: HealthCheck, port: number): Promise<HealthAnswer> {
  const target = { host: '127.0.0.1', port, path: check.path, agent: false, headers: { 'user-agent': HEALTH_AGENT } } as const;
  return new Promise((resolve) => {
    const unhealthy = (reason: string) => resolve({ healthy: false, reason });
    const asked = check.tls ? requestHttps({ ...target, rejectUnauthorized: false }) : requestHttp(target);
    const timer = setTimeout(() => asked.destroy(new Error(`no answer within ${check.timeoutMs} ms`)), check.timeoutMs);
    asked.on('response', (came) => {
      const status = came.statusCode ?? 0;
      const parts: string[] = [];
      came.setEncoding('utf8');
      came.on('data', (part: string) => void parts.push(part));
      came.on('error', () => unhealthy(`status ${status}, broken off`));
      came.on('end', () =>
        isExpected(check.codes, status)
          ? resolve({ healthy: true, reason: '' })
          : unhealthy(`status ${status}: ${parts.join('').slice(0, 300)}`),
      );
    });
    asked.on('error', (error) => unhealthy(error.message));
    asked.on('close', () => clearTimeout(timer));
    asked.end();
  });
}

/** Judges a target's answers: so many in a row make it healthy or unhealthy. */
export class HealthRecord {
  private healthy = true;
  private against = 0;

  constructor(private readonly check: Pick<HealthCheck, 'healthyThreshold' | 'unhealthyThreshold'>) {}

  /** The new state when an answer changed it. */
  add(answer: HealthAnswer): 'healthy' | 'unhealthy' | undefined {
    if (answer.healthy === this.healthy) {
      this.against = 0;
      return undefined;
    }
    this.against += 1;
    const needed = this.healthy ? this.check.unhealthyThreshold : this.check.healthyThreshold;
    if (this.against < needed) return undefined;
    this.healthy = answer.healthy;
    this.against = 0;
    return this.healthy ? 'healthy' : 'unhealthy';
  }
}
