import { type Outcome, type Report, report } from './report';
import type { TestTraffic } from './test-traffic';

/** Where the load balancer's nodes are found. */
export interface BalancerAddresses {
  find(loadBalancerName: string): Promise<string[]>;
}

/** Sends one request; it resolves with a fault too, and never rejects. */
export interface Connector {
  send(request: { address: string; path: string; timeoutMs: number }): Promise<Outcome>;
}

export interface Dependencies {
  readonly addresses: BalancerAddresses;
  readonly connector: Connector;
  readonly now: () => number;
  /** When to stop, in the clock's milliseconds. */
  readonly deadline: number;
}

const AT_ONCE = 5;
const LONGEST_REQUEST_MS = 10_000;

/** Sends the requests to every node of the load balancer in turn, a few at a time, and judges the answers. */
export async function sendTestTraffic(traffic: TestTraffic, { addresses, connector, now, deadline }: Dependencies): Promise<Report> {
  const nodes = await addresses.find(traffic.loadBalancerName);
  if (nodes.length === 0) {
    return { ...report([], traffic), reasons: [`${traffic.loadBalancerName} has no network interface`] };
  }
  const outcomes: Outcome[] = [];
  let next = 0;
  const sendUntilDone = async () => {
    while (next < traffic.requests) {
      const turn = next++;
      const timeoutMs = Math.min(LONGEST_REQUEST_MS, deadline - now());
      outcomes[turn] = timeoutMs > 0 ? await connector.send({ ...target(traffic, nodes, turn), timeoutMs }) : { fault: 'DEADLINE' };
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendUntilDone));
  return report(outcomes, traffic);
}

/** Paths change once every node had its turn, so that each path reaches each node. */
function target(traffic: TestTraffic, nodes: readonly string[], turn: number): { address: string; path: string } {
  return { address: nodes[turn % nodes.length], path: traffic.paths[Math.floor(turn / nodes.length) % traffic.paths.length] };
}
