import { type DescribeNetworkInterfacesCommandOutput, EC2Client } from '@aws-sdk/client-ec2';
import { Ec2BalancerAddresses } from '../../../lambda/deployment-test-traffic/balancer-addresses-ec2';

/** A client that answers with pages before anything is sent. */
function addresses(pages: { [token: string]: Partial<DescribeNetworkInterfacesCommandOutput> }) {
  const asked: object[] = [];
  const client = new EC2Client({ region: 'us-east-1' });
  client.middlewareStack.add(
    () =>
      async ({ input }) => {
        asked.push(input);
        const token = 'NextToken' in input && typeof input.NextToken === 'string' ? input.NextToken : 'first';
        return { output: { $metadata: {}, ...pages[token] }, response: undefined };
      },
    { step: 'initialize' },
  );
  return { asked, adapter: new Ec2BalancerAddresses(client) };
}

test('asks for the interfaces in use that Elastic Load Balancing describes by the name', async () => {
  const { asked, adapter } = addresses({ first: {} });
  await adapter.find('app/service/50dc6c495c0c9188');
  expect(asked[0]).toMatchObject({
    Filters: [
      { Name: 'description', Values: ['ELB app/service/50dc6c495c0c9188'] },
      { Name: 'status', Values: ['in-use'] },
    ],
  });
});

test('finds the private addresses of every page, in order', async () => {
  const { adapter } = addresses({
    first: { NetworkInterfaces: [{ PrivateIpAddress: '10.0.1.4' }], NextToken: 'second' },
    second: { NetworkInterfaces: [{ PrivateIpAddress: '10.0.0.4' }] },
  });
  expect(await adapter.find('app/service/1')).toEqual(['10.0.0.4', '10.0.1.4']);
});

test('finds nothing where there is nothing', async () => {
  expect(await addresses({ first: { NetworkInterfaces: [] } }).adapter.find('app/service/1')).toEqual([]);
});
