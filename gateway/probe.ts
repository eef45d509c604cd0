import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { GatewayConfig } from './config';
import { LIVE_PATH } from './health';

const ANSWER_WITHIN_MS = 4_000;

/** The container health check: whether the gateway of this task says that it is live. */
export function probe({ listen }: GatewayConfig): Promise<boolean> {
  const target = { host: '127.0.0.1', port: listen.port, path: LIVE_PATH, agent: false, timeout: ANSWER_WITHIN_MS } as const;
  return new Promise((resolve) => {
    // The certificate is made by the process that is asked, on this host: there is nothing to check it against.
    const asked = listen.tls ? requestHttps({ ...target, rejectUnauthorized: false }) : requestHttp(target);
    asked.on('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
    asked.on('error', () => resolve(false));
    asked.end();
  });
}
