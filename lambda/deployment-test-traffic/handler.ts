import { EC2Client } from '@aws-sdk/client-ec2';
import type { Context } from 'aws-lambda';
import { Ec2BalancerAddresses } from './balancer-addresses-ec2';
import { NodeConnector } from './node-connector';
import { sendTestTraffic } from './send-test-traffic';
import { parseTestTraffic } from './test-traffic';

/** What Amazon ECS sends at every stage, as far as it is logged here. */
interface LifecycleEvent {
  readonly lifecycleStage?: string;
  readonly resourceArn?: string;
}

/** Time to answer in, after the last request was given up. */
const MARGIN_MS = 5_000;

const traffic = parseTestTraffic(process.env.TEST_TRAFFIC);
const addresses = new Ec2BalancerAddresses(new EC2Client({}));
const now = () => performance.now();

/** Anything thrown is a failed hook as well: Amazon ECS rolls the deployment back. */
export async function handler(
  { lifecycleStage, resourceArn }: LifecycleEvent,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<{ hookStatus: 'SUCCEEDED' | 'FAILED' }> {
  const connector = new NodeConnector(traffic, { now });
  try {
    const deadline = now() + context.getRemainingTimeInMillis() - MARGIN_MS;
    const result = await sendTestTraffic(traffic, { addresses, connector, now, deadline });
    console[result.passed ? 'info' : 'error']({ event: 'test-traffic', lifecycleStage, resourceArn, ...result });
    return { hookStatus: result.passed ? 'SUCCEEDED' : 'FAILED' };
  } finally {
    connector.close();
  }
}
