import { DescribeNetworkInterfacesCommand, type DescribeNetworkInterfacesCommandOutput, type EC2Client } from '@aws-sdk/client-ec2';
import type { BalancerAddresses } from './send-test-traffic';

/**
 * The private addresses of a load balancer's nodes: its name resolves to public ones, which the test listener does not admit.
 * Elastic Load Balancing describes each node's interface as `ELB app/<name>/<id>`.
 */
export class Ec2BalancerAddresses implements BalancerAddresses {
  constructor(private readonly client: Pick<EC2Client, 'send'>) {}

  async find(loadBalancerName: string): Promise<string[]> {
    const found: string[] = [];
    let token: string | undefined;
    do {
      const page: DescribeNetworkInterfacesCommandOutput = await this.client.send(
        new DescribeNetworkInterfacesCommand({
          Filters: [
            { Name: 'description', Values: [`ELB ${loadBalancerName}`] },
            { Name: 'status', Values: ['in-use'] },
          ],
          NextToken: token,
        }),
      );
      found.push(...(page.NetworkInterfaces ?? []).flatMap(({ PrivateIpAddress }) => PrivateIpAddress ?? []));
      token = page.NextToken;
    } while (token);
    return found.toSorted();
  }
}
