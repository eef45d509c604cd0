import { Lazy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { NetworkProps } from 'plinth';
import { network } from './builder';

const making = (props: NetworkProps) => () => network(props);

test.each([
  ['10.0.0.0', 'Stack/Network: cidr must be an IPv4 range such as 10.0.0.0/16, got 10.0.0.0; write it out'],
  ['10.0.0.256/16', 'Stack/Network: cidr must be an IPv4 range such as 10.0.0.0/16, got 10.0.0.256/16; write it out'],
  ['fd00::/16', 'Stack/Network: cidr must be an IPv4 range such as 10.0.0.0/16, got fd00::/16; write it out'],
  ['10.0.0.0/15', 'Stack/Network: cidr must be /16 to /20, got /15; the tiers of three zones need /20 and a VPC ends at /16'],
  ['10.0.0.0/21', 'Stack/Network: cidr must be /16 to /20, got /21; the tiers of three zones need /20 and a VPC ends at /16'],
  ['10.0.8.0/20', 'Stack/Network: cidr must begin at a multiple of its size, got 10.0.8.0/20; use 10.0.0.0/20'],
])('refuses cidr %s', (cidr, message) => {
  expect(making({ cidr })).toThrow(message);
});

test('refuses a cidr that is not known at synthesis', () => {
  expect(making({ cidr: Lazy.string({ produce: () => '10.0.0.0/16' }) })).toThrow(
    'Stack/Network: cidr must be an IPv4 range such as 10.0.0.0/16, got a value known at deploy time only; write it out',
  );
});

test.each(['10.0.0.0/16', '10.0.0.0/20', '172.16.0.0/17'])('takes cidr %s', (cidr) => {
  expect(making({ cidr })).not.toThrow();
});

test.each([1, 4, 2.5])('refuses %p zones', (zones) => {
  expect(making({ zones })).toThrow(
    `Stack/Network: zones must be 2 or 3, got ${zones}; one zone cannot fail over, and three are enough for any quorum`,
  );
});

test.each([
  [0, 2],
  [3, 2],
  [1.5, 2],
  [4, 3],
])('refuses %p NAT gateways over %i zones', (natGateways, zones) => {
  expect(making({ natGateways, zones })).toThrow(
    `Stack/Network: natGateways must be 1 to ${zones} (zones), got ${natGateways}; leave it out for one per zone`,
  );
});

test.each([
  [[443, 0], 'outboundPorts must be whole numbers from 1 to 65535, got 0; name TCP ports'],
  [[443, 65_536], 'outboundPorts must be whole numbers from 1 to 65535, got 65536; name TCP ports'],
  [[443, 1.5], 'outboundPorts must be whole numbers from 1 to 65535, got 1.5; name TCP ports'],
  [[80], 'outboundPorts must contain 443, got [80]; add it, as images and AWS APIs are reached on it'],
  [[], 'outboundPorts must contain 443, got []; add it, as images and AWS APIs are reached on it'],
  [[443, 443], 'outboundPorts must name each port once, got 443 twice; remove one'],
  [[443, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 'outboundPorts must be at most 10, got 11; a network ACL has no room for more'],
  [
    [443, 32_166],
    'outboundPorts must have rule numbers of their own, got 443 and 32166; drop one and add its rule by privateNetworkAcl.addEntry',
  ],
])('refuses outbound ports %j', (outboundPorts, message) => {
  expect(making({ outboundPorts })).toThrow(`Stack/Network: ${message}`);
});

test.each([1, 65_535, 31_723])('takes outbound port %i', (port) => {
  expect(making({ outboundPorts: [443, port] })).not.toThrow();
});

test('refuses an interface endpoint twice', () => {
  const { SECRETS_MANAGER } = ec2.InterfaceVpcEndpointAwsService;
  expect(making({ interfaceEndpoints: [SECRETS_MANAGER, SECRETS_MANAGER] })).toThrow(
    'Stack/Network: interfaceEndpoints must name each service once, got secretsmanager twice; remove one',
  );
});
