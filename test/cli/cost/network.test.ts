import { billOf, costOf, gapsOf, resource } from './builder';

const subnets = { Subnets: ['a', 'b'] };
const traffic = { requestsPerDay: 86_400, requestKb: 10, responseKb: 90 };

test('prices a public load balancer with its capacity, addresses and what leaves through it', () => {
  const balancer = resource('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internet-facing', ...subnets });

  expect(billOf('Balancer', { Balancer: balancer }, traffic)).toEqual([
    '730 h x 0.0225 = 16.425',
    '0.36 LCU x 730 h x 0.008 = 2.1024',
    '2 public IPv4 addresses x 730 h x 0.005 = 7.3',
    '236.52 GB out to the internet x 0.09 = 21.2868',
  ]);
});

test('prices an internal load balancer without addresses and without the internet', () => {
  const balancer = resource('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal', ...subnets });

  expect(billOf('Balancer', { Balancer: balancer }, traffic)).toHaveLength(2);
});

test('counts capacity by connections where answers are small', () => {
  const balancer = resource('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal', ...subnets });

  expect(billOf('Balancer', { Balancer: balancer }, { ...traffic, requestKb: 1, responseKb: 1 })[1]).toBe(
    '0.04 LCU x 730 h x 0.008 = 0.2336',
  );
});

test('says that a network load balancer has no price', () => {
  const balancer = resource('AWS::ElasticLoadBalancingV2::LoadBalancer', { Type: 'network' });

  expect(gapsOf({ Balancer: balancer })).toEqual(['the price of a network load balancer is not in the table']);
});

test('shares the traffic of a stage over its NAT gateways', () => {
  const nat = resource('AWS::EC2::NatGateway');

  expect(billOf('Nat1', { Nat1: nat, Nat2: nat }, { natGb: 30 })).toEqual(['730 h x 0.045 = 32.85', '15 GB x 0.045 = 0.675']);
});

test("counts a NAT gateway's address with NAT and any other with the rest", () => {
  const { lines } = costOf({
    Nat: resource('AWS::EC2::NatGateway', { AllocationId: { 'Fn::GetAtt': ['Address', 'AllocationId'] } }),
    Address: resource('AWS::EC2::EIP'),
    Other: resource('AWS::EC2::EIP'),
  });

  expect(lines.filter(({ service }) => service === 'Public IPv4').map(({ component, usd }) => [component, usd])).toEqual([
    ['NAT', 3.65],
    ['the rest', 3.65],
  ]);
});

test('prices an interface endpoint by zone', () => {
  const endpoint = resource('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface', SubnetIds: ['a', 'b'] });

  expect(billOf('Endpoint', { Endpoint: endpoint }, { endpointGb: 10 })).toEqual(['2 zones x 730 h x 0.01 = 14.6', '10 GB x 0.01 = 0.1']);
});

test('prices no gateway endpoint', () => {
  const { lines, unpriced } = costOf({ Endpoint: resource('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' }) });

  expect([lines, unpriced]).toEqual([[], []]);
});

test('prices what crosses between the zones of a VPC', () => {
  expect(billOf('Vpc', { Vpc: resource('AWS::EC2::VPC') }, { crossZoneGb: 50 })).toEqual(['50 GB between zones, both ways x 0.02 = 1']);
});

test('prices flow logs to a bucket, and leaves those to a log group to the log group', () => {
  const toBucket = resource('AWS::EC2::FlowLog', { LogDestinationType: 's3' });
  const toGroup = resource('AWS::EC2::FlowLog', { LogDestinationType: 'cloud-watch-logs' });

  expect(costOf({ ToBucket: toBucket, ToGroup: toGroup }, { flowLogGb: 4 }).lines.map(({ resource: of, usd }) => [of, usd])).toEqual([
    ['production-Stack/ToBucket', 1],
  ]);
});

test.each([
  ['AWS::Route53::HostedZone', '1 zone x 0.5 = 0.5'],
  ['AWS::Route53::HealthCheck', '1 check of an AWS endpoint x 0.5 = 0.5'],
])('prices %s', (type, line) => {
  expect(billOf('One', { One: resource(type) })).toEqual([line]);
});

test('prices no public certificate and says that a private one has no price', () => {
  const one = resource('AWS::CertificateManager::Certificate', { CertificateAuthorityArn: 'arn:aws:acm-pca:us-east-1:111111111111:x' });

  expect(gapsOf({ Public: resource('AWS::CertificateManager::Certificate'), Private: one })).toEqual([
    'the price of a private authority is not in the table',
  ]);
});
