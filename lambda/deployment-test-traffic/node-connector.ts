import * as http from 'node:http';
import * as https from 'node:https';
import type { Outcome } from './report';
import type { Connector } from './send-test-traffic';
import type { TestTraffic } from './test-traffic';

export interface ConnectorOptions {
  readonly now: () => number;
  /** Certificates to trust instead of the system's. */
  readonly ca?: string;
}

/** Connects to an address in the name of the host: Node takes SNI and the name to verify from the Host header. */
export class NodeConnector implements Connector {
  private readonly agent: http.Agent;

  constructor(
    private readonly traffic: Pick<TestTraffic, 'protocol' | 'host' | 'port' | 'verify'>,
    private readonly options: ConnectorOptions,
  ) {
    this.agent =
      traffic.protocol === 'https'
        ? new https.Agent({ keepAlive: true, rejectUnauthorized: traffic.verify, ca: options.ca })
        : new http.Agent({ keepAlive: true });
  }

  send({ address, path, timeoutMs }: { address: string; path: string; timeoutMs: number }): Promise<Outcome> {
    const { protocol, host, port } = this.traffic;
    const request = protocol === 'https' ? https.request : http.request;
    const started = this.options.now();
    return new Promise((resolve) => {
      // Covers connecting, the answer's head and its body: a socket's own timeout restarts with every byte.
      const signal = AbortSignal.timeout(Math.ceil(timeoutMs));
      const fail = (error: NodeJS.ErrnoException) => resolve({ fault: signal.aborted ? 'TIMEOUT' : (error.code ?? error.name) });
      request(
        { agent: this.agent, host: address, port, path, headers: { host, 'user-agent': 'deployment-test-traffic' }, signal },
        (answer) => {
          answer.on('error', fail);
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, ms: this.options.now() - started }));
          answer.resume();
        },
      )
        .on('error', fail)
        .end();
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
