import { App, Fn, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Network } from 'plinth';
import { AddressPlan } from '../../lib/network/address-plan';
import { ALL_FLAGS, NO_FLAGS } from '../support/feature-flags';
import { network, networkTemplate } from './builder';
import { contains } from './packets';

const template = networkTemplate();

type Subnet = { readonly CidrBlock: string; readonly AvailabilityZone: unknown; readonly MapPublicIpOnLaunch: boolean };

function subnets(of: Template, tier: string): Subnet[] {
  const found = Object.entries(of.findResources('AWS::EC2::Subnet')).filter(([id]) => id.includes(`${tier}Subnet`));
  return found.map(([, { Properties }]): Subnet => Properties);
}

function defaultRoutes(of: Template, tier: string): object[] {
  const found = Object.entries(of.findResources('AWS::EC2::Route')).filter(([id]) => id.includes(`${tier}Subnet`));
  return found.map(([, { Properties }]) => Properties);
}

test.each([
  [2, 6],
  [3, 9],
])('REC-6.1 has three tiers over %i zones', (zones, count) => {
  networkTemplate({ zones }).resourceCountIs('AWS::EC2::Subnet', count);
});

test.each(['Public', 'Private', 'Isolated'])('REC-6.1 puts the subnets of the %s tier in zones of their own', (tier) => {
  const zones = subnets(networkTemplate({ zones: 3 }), tier).map(({ AvailabilityZone }) => AvailabilityZone);
  expect(zones).toEqual([0, 1, 2].map((index) => ({ 'Fn::Select': [index, { 'Fn::GetAZs': '' }] })));
});

test('REC-6.1 gives no subnet public addresses by itself', () => {
  expect(
    ['Public', 'Private', 'Isolated'].flatMap((tier) => subnets(template, tier)).filter((subnet) => subnet.MapPublicIpOnLaunch),
  ).toEqual([]);
});

test('REC-6.1 routes the public tier alone to the internet gateway', () => {
  template.resourcePropertiesCountIs('AWS::EC2::Route', { GatewayId: Match.anyValue() }, 2);
  expect(defaultRoutes(template, 'Public')).toEqual([
    expect.objectContaining({ GatewayId: expect.anything() }),
    expect.objectContaining({ GatewayId: expect.anything() }),
  ]);
});

test('REC-6.1 gives the isolated tier no way out', () => {
  expect(defaultRoutes(template, 'Isolated')).toEqual([]);
});

test('REC-6.2 routes each private subnet to a NAT gateway of its own', () => {
  const gateways = defaultRoutes(template, 'Private').map((route) => JSON.stringify(route).match(/"NatGatewayId":\{"Ref":"(\w+)"/)?.[1]);
  expect(new Set(gateways).size).toBe(2);
});

test.each([
  [2, undefined, 2],
  [3, undefined, 3],
  [2, 1, 1],
  [3, 2, 2],
])('REC-6.2 makes, over %i zones with natGateways %p, %i NAT gateways', (zones, natGateways, count) => {
  networkTemplate({ zones, natGateways }).resourceCountIs('AWS::EC2::NatGateway', count);
});

test.each(['10.0.0.0/16', '172.20.0.0/18', '192.168.16.0/20'])('keeps each tier of %s in the block that its network ACL names', (cidr) => {
  const plan = new AddressPlan('Network', cidr);
  const of = networkTemplate({ cidr, zones: 3 });
  const outside = [
    ...subnets(of, 'Public').filter(({ CidrBlock }) => !contains(plan.publicTier, CidrBlock.split('/')[0])),
    ...subnets(of, 'Private').filter(({ CidrBlock }) => !contains(plan.privateTier, CidrBlock.split('/')[0])),
    ...subnets(of, 'Isolated').filter(({ CidrBlock }) => !contains(plan.isolatedTier, CidrBlock.split('/')[0])),
  ];
  expect(outside).toEqual([]);
});

test('gives a private subnet of the smallest network five hundred addresses', () => {
  expect(subnets(networkTemplate({ cidr: '10.0.0.0/20' }), 'Private')[0].CidrBlock).toBe('10.0.0.0/23');
});

test('keeps the subnets of two zones as they are when a third is added', () => {
  const before = template.findResources('AWS::EC2::Subnet');
  expect(networkTemplate({ zones: 3 }).findResources('AWS::EC2::Subnet')).toMatchObject(before);
});

const environments = { 'without an environment': undefined, 'in one region': { account: '111111111111', region: 'ap-northeast-1' } };
test.each(Object.entries(environments))('needs no lookup and names no zone %s', (_, env) => {
  const app = new App({ context: ALL_FLAGS });
  const stack = new Stack(app, 'Stack', { env });
  new Network(stack, 'Network', { zones: 3 });
  const assembly = app.synth();
  expect(assembly.manifest.missing).toBeUndefined();
  expect(JSON.stringify(assembly.getStackByName('Stack').template)).not.toMatch(/dummy1|"ap-northeast-1[a-z]"/);
});

test('leaves the zones of its stack as they were', () => {
  const { stack } = network();
  expect(Object.getOwnPropertyDescriptor(stack, 'availabilityZones')).toBeUndefined();
});

test('leaves zones that were set on its stack as they were', () => {
  const stack = new Stack(new App(), 'Stack');
  const own = [Fn.select(4, Fn.getAzs())];
  Object.defineProperty(stack, 'availabilityZones', { configurable: true, get: () => own });
  new Network(stack, 'Network');
  expect(stack.availabilityZones).toBe(own);
});

test('REC-13.1 names no other region', () => {
  const text = JSON.stringify(networkTemplate({}, { env: { account: '111111111111', region: 'eu-central-1' } }).toJSON());
  const regions = text.match(/\b(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d\b/g) ?? [];
  expect(regions.filter((region) => region !== 'eu-central-1')).toEqual([]);
});

test('has the same resources with no feature flag and with all of them', () => {
  const [none, all] = [NO_FLAGS, ALL_FLAGS].map((context) => {
    const stack = new Stack(new App({ context }), 'Stack');
    new Network(stack, 'Network');
    return Object.entries(Template.fromStack(stack).findResources('*')).map(([id, { Type }]) => `${id} ${Type}`);
  });
  expect(all).toEqual(none);
});

test('stands twice in one stack', () => {
  const stack = new Stack(new App(), 'Stack');
  new Network(stack, 'One');
  new Network(stack, 'Two', { cidr: '10.1.0.0/16' });
  Template.fromStack(stack).resourceCountIs('AWS::EC2::VPC', 2);
});

test('names the network ACLs in the console', () => {
  template.hasResourceProperties('AWS::EC2::NetworkAcl', {
    Tags: Match.arrayWith([{ Key: 'Name', Value: 'Stack/Network/Acls/Isolated' }]),
  });
});

test('admits what is added to a network ACL', () => {
  const { stack, network: of } = network();
  of.isolatedNetworkAcl.addEntry('Proxy', {
    ruleNumber: 200,
    cidr: ec2.AclCidr.ipv4('10.0.0.0/17'),
    traffic: ec2.AclTraffic.tcpPort(6432),
  });
  Template.fromStack(stack).hasResourceProperties('AWS::EC2::NetworkAclEntry', { RuleNumber: 200, PortRange: { From: 6432, To: 6432 } });
});
