import { distinct, every, isDev, none, onlyIfGiven, relaxed, whenever } from '../conformance/assertions';
import { between, equals, given, not, oneOf, refersTo } from '../conformance/predicates';
import { type Requirement, requirement } from '../conformance/requirement';
import { places, referredBy, resources, type Selector, union, where } from '../conformance/selectors';
import * as topology from '../conformance/topology';

const zonesOf = (tier: string, subnets: Selector) => distinct(`zones of ${tier} subnets`, subnets, 'AvailabilityZone', 2);

const dataSubnets = union(
  places(resources('AWS::RDS::DBSubnetGroup'), 'SubnetIds[*]'),
  places(resources('AWS::ElastiCache::SubnetGroup'), 'SubnetIds[*]'),
);
const computeSubnets = union(
  places(resources('AWS::ECS::Service'), 'NetworkConfiguration.AwsvpcConfiguration.Subnets[*]'),
  places(resources('AWS::Lambda::Function'), 'VpcConfig.SubnetIds[*]'),
);
const inPublicSubnets: Selector = (view) => {
  const isPublic = refersTo('a public subnet', topology.publicSubnets);
  return [...dataSubnets(view), ...computeSubnets(view)].filter(({ value }) => isPublic.holds(value, view));
};
const outsideIsolated: Selector = (view) => {
  const isIsolated = refersTo('an isolated subnet', topology.isolatedSubnets);
  return dataSubnets(view).filter(({ value }) => !isIsolated.holds(value, view));
};

const aclAssociations = resources('AWS::EC2::SubnetNetworkAclAssociation');
const aclEntries = where(resources('AWS::EC2::NetworkAclEntry'), 'RuleAction', equals('allow'));
const withoutAcl: Selector = (view) => {
  const associated = referredBy(aclAssociations, 'SubnetId')(view);
  return topology.subnets(view).filter((subnet) => !associated.includes(subnet));
};
const isolatedAcls = referredBy(
  where(aclAssociations, 'SubnetId', refersTo('an isolated subnet', topology.isolatedSubnets)),
  'NetworkAclId',
);

const ICMP = 1;
const TCP = 6;
const UDP = 17;

/**
 * What the demands ask of a network.
 * @internal
 */
export const networkRequirements: readonly Requirement[] = [
  requirement(
    'REC-6.1',
    topology.vpcs,
    every('a VPC', topology.vpcs, 'CidrBlock', given),
    zonesOf('public', topology.publicSubnets),
    zonesOf('private', topology.privateSubnets),
    zonesOf('isolated', topology.isolatedSubnets),
    none('task, function or data store in a public subnet', inPublicSubnets),
    none('data store outside the isolated subnets', outsideIsolated),
    whenever(
      (view) => topology.services(view).length > 0,
      every(
        'a service',
        topology.services,
        'NetworkConfiguration.AwsvpcConfiguration.Subnets[*]',
        refersTo('a private subnet', topology.privateSubnets),
      ),
    ),
    whenever(
      (view) => topology.services(view).length > 0,
      every('a service', topology.services, 'NetworkConfiguration.AwsvpcConfiguration.SecurityGroups[*]', topology.aSecurityGroup),
    ),
  ),
  requirement(
    'REC-6.2',
    topology.vpcs,
    every('a private route', topology.privateDefaultRoutes, 'NatGatewayId', refersTo('a NAT gateway', topology.natGateways)),
    every('a NAT gateway', topology.natGateways, 'SubnetId', refersTo('a public subnet', topology.publicSubnets)),
    every('a NAT gateway', topology.natGateways, 'AllocationId', refersTo('an address', resources('AWS::EC2::EIP'))),
    relaxed(
      'dev has one NAT gateway for both zones',
      isDev,
      distinct('NAT gateways', topology.privateDefaultRoutes, 'NatGatewayId', (view) => topology.privateDefaultRoutes(view).length),
    ),
  ),
  requirement(
    'REC-6.6',
    topology.vpcs,
    none('subnet without a network ACL', withoutAcl),
    every('an association of a subnet', aclAssociations, 'NetworkAclId', refersTo('a network ACL', resources('AWS::EC2::NetworkAcl'))),
    distinct('network ACLs', aclAssociations, 'NetworkAclId', 3),
    every('an entry that allows', aclEntries, 'Protocol', oneOf(ICMP, TCP, UDP)),
    every('an entry that allows ports', where(aclEntries, 'Protocol', oneOf(TCP, UDP)), 'PortRange.From', between(1, 65535)),
    onlyIfGiven(
      'an entry of the isolated subnets',
      where(aclEntries, 'NetworkAclId', refersTo('their ACL', isolatedAcls)),
      'CidrBlock',
      not(equals('0.0.0.0/0')),
    ),
  ),
];
