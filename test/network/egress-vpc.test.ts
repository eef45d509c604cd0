import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { EgressVpc, type EgressVpcProps } from 'plinth';
import { propertiesOf } from '../support/service';
import { contains, Packets } from './packets';

function egress(props?: EgressVpcProps) {
  const stack = new Stack(new App(), 'Stack');
  return { stack, egress: new EgressVpc(stack, 'Egress', props) };
}

const template = Template.fromStack(egress().stack);
const packets = new Packets(template);

test('stands in two zones, with a NAT gateway and an address in each', () => {
  const gateways = Object.values(template.findResources('AWS::EC2::NatGateway'));

  expect(gateways.map(({ Properties }) => Properties.AllocationId)).toEqual([
    { 'Fn::GetAtt': [expect.stringContaining('Address1'), 'AllocationId'] },
    { 'Fn::GetAtt': [expect.stringContaining('Address2'), 'AllocationId'] },
  ]);
  template.resourceCountIs('AWS::EC2::EIP', 2);
});

test('each private subnet leaves by the gateway of its own zone', () => {
  const routes = Object.values(template.findResources('AWS::EC2::Route', { Properties: { NatGatewayId: Match.anyValue() } }));

  expect(routes.map(({ Properties }) => Properties.NatGatewayId.Ref as string)).toEqual([
    expect.stringContaining('PublicSubnet1NATGateway'),
    expect.stringContaining('PublicSubnet2NATGateway'),
  ]);
});

test('has no route to another network', () => {
  template.resourceCountIs('AWS::EC2::VPCPeeringConnection', 0);
  template.resourceCountIs('AWS::EC2::TransitGatewayAttachment', 0);
  for (const { Properties } of Object.values(template.findResources('AWS::EC2::Route'))) {
    expect(Properties.DestinationCidrBlock).toBe('0.0.0.0/0');
    expect(Object.keys(Properties).filter((name) => name.endsWith('Id') && name !== 'RouteTableId')).toEqual([
      expect.stringMatching(/^(NatGatewayId|GatewayId)$/),
    ]);
  }
});

test('what stands there may go out on 443, and nothing may come in', () => {
  const { SecurityGroupIngress, SecurityGroupEgress } = propertiesOf(template, 'AWS::EC2::SecurityGroup');

  expect(SecurityGroupIngress).toBeUndefined();
  expect(SecurityGroupEgress).toEqual([expect.objectContaining({ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 })]);
});

describe('the network ACLs', () => {
  test.each([
    [443, true],
    [80, false],
    [22, false],
    [5432, false],
    [8443, false],
  ])('let what stands there call port %d of the internet: %s', (port, expected) => {
    expect(packets.connectsThroughNat(port)).toBe(expected);
  });

  test.each(['public', 'private'] as const)('let nobody in from the internet to the %s tier', (tier) => {
    expect(packets.connects('internet', tier, 443)).toBe(false);
    expect(packets.connects('internet', tier, 22)).toBe(false);
  });

  test.each(['10.0.0.7', '172.16.0.1', '192.168.1.1', '100.64.0.1', '169.254.169.254'])(
    'refuse %s, whatever routes there will be',
    (address) => {
      const rules = Object.values(template.findResources('AWS::EC2::NetworkAclEntry', { Properties: { Egress: true } }))
        .map(({ Properties }) => Properties)
        .filter(
          ({ NetworkAclId, Protocol, CidrBlock }) => NetworkAclId.Ref.includes('Private') && Protocol !== 1 && contains(CidrBlock, address),
        )
        .toSorted((one, other) => one.RuleNumber - other.RuleNumber);

      expect(rules.map(({ RuleAction }) => RuleAction)).toEqual(['deny', 'allow']);
    },
  );
});

test('reaches DynamoDB without NAT, and no table of another account', () => {
  const endpoint = propertiesOf(template, 'AWS::EC2::VPCEndpoint', ({ ServiceName }) => JSON.stringify(ServiceName).includes('dynamodb'));

  expect(endpoint).toMatchObject({ RouteTableIds: [expect.anything(), expect.anything()] });
  expect(JSON.stringify(endpoint.PolicyDocument)).toContain('"aws:ResourceAccount":{"Ref":"AWS::AccountId"}');
});

test('closes its default security group, and logs every flow for thirty days', () => {
  template.hasResourceProperties('Custom::ClosedSecurityGroup', {
    SecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('EgressVpc'), 'DefaultSecurityGroup'] },
  });
  template.hasResourceProperties('AWS::EC2::FlowLog', { TrafficType: 'ALL' });
  template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
});

test('looks no zone up', () => {
  const app = new App();
  new EgressVpc(new Stack(app, 'Stack', { env: { account: '111111111111', region: 'ap-northeast-1' } }), 'Egress');

  expect(app.synth().manifest.missing ?? []).toEqual([]);
});

test.each(['10.250.0.0/16', '10.250.0.1/24', '10.300.0.0/24', 'somewhere'])('refuses the range %s', (cidr) => {
  expect(() => egress({ cidr })).toThrow(`Stack/Egress: cidr must be a /24 such as 10.250.0.0/24, got ${cidr}; write it out`);
});

test('takes another range', () => {
  const { egress: other, stack } = egress({ cidr: '10.9.8.0/24' });

  expect(other.addresses).toHaveLength(2);
  Template.fromStack(stack).hasResourceProperties('AWS::EC2::VPC', { CidrBlock: '10.9.8.0/24' });
});
