import { shown } from '../assembly';
import type { Place } from './place';
import { either, equals, given, matches, oneOf, refersTo } from './predicates';
import { except, places, referredBy, resources, type Selector, union, where } from './selectors';

/** Who stands where: the places that the checks of several capabilities start from. */

export const vpcs = resources('AWS::EC2::VPC');
export const subnets = resources('AWS::EC2::Subnet');
export const natGateways = resources('AWS::EC2::NatGateway');
/** A group of the stage, or one that was imported by its id. */
export const aSecurityGroup = either(refersTo('a security group', resources('AWS::EC2::SecurityGroup')), matches(/^sg-/));

const internetRoutes = where(
  resources('AWS::EC2::Route'),
  'GatewayId',
  refersTo('an internet gateway', resources('AWS::EC2::InternetGateway')),
);

/** The routes to everywhere that do not lead straight to the internet. */
export const privateDefaultRoutes: Selector = (view) =>
  where(
    resources('AWS::EC2::Route'),
    'DestinationCidrBlock',
    equals('0.0.0.0/0'),
  )(view).filter((route) => !internetRoutes(view).includes(route));

/** Subnets with a route to the internet itself. */
export const publicSubnets = subnetsBehind(internetRoutes);

/** Subnets with a route to elsewhere. */
export const privateSubnets = subnetsBehind(privateDefaultRoutes);

/** Subnets with no route out of the VPC. */
export const isolatedSubnets: Selector = (view) => {
  const routed = [...publicSubnets(view), ...privateSubnets(view)];
  return subnets(view).filter((subnet) => !routed.includes(subnet));
};

function subnetsBehind(routes: Selector): Selector {
  const tables = referredBy(routes, 'RouteTableId');
  return referredBy(
    where(resources('AWS::EC2::SubnetRouteTableAssociation'), 'RouteTableId', refersTo('such a table', tables)),
    'SubnetId',
  );
}

/** Load balancers of layer 7. */
export const loadBalancers = except(resources('AWS::ElasticLoadBalancingV2::LoadBalancer'), 'Type', oneOf('network', 'gateway'));

export const listeners = where(resources('AWS::ElasticLoadBalancingV2::Listener'), 'LoadBalancerArn', refersTo('it', loadBalancers));

export const redirects = where(listeners, 'DefaultActions[*].Type', equals('redirect'));

/** Listeners that serve requests. */
export const servingListeners = except(listeners, 'DefaultActions[*].Type', equals('redirect'));

/** Services behind a load balancer. */
export const services = where(resources('AWS::ECS::Service'), 'LoadBalancers[*].TargetGroupArn', given);

export const targetGroups = union(
  referredBy(services, 'LoadBalancers[*].TargetGroupArn'),
  referredBy(services, 'LoadBalancers[*].AdvancedConfiguration.AlternateTargetGroupArn'),
);

export const taskDefinitions = referredBy(services, 'TaskDefinition');

/** The containers that the load balancer talks to. */
export const facingContainers: Selector = (view) => {
  const names = places(services, 'LoadBalancers[*].ContainerName')(view).map(({ value }) => value);
  return places(taskDefinitions, 'ContainerDefinitions[*]')(view).filter((container) => names.includes(container.first('Name')));
};

export const serviceGroups = referredBy(services, 'NetworkConfiguration.AwsvpcConfiguration.SecurityGroups[*]');

export const loadBalancerGroups = referredBy(loadBalancers, 'SecurityGroups[*]');

/** The rules that let traffic into these groups, written inside them or apart. */
export function ingressOf(groups: Selector): Selector {
  const apart = where(resources('AWS::EC2::SecurityGroupIngress'), 'GroupId', refersTo('the group', groups));
  return union(places(groups, 'SecurityGroupIngress[*]'), apart);
}

/** The settings of the gateway containers, read out of their environment. */
export const gatewaySettings: Selector = (view) =>
  places(
    facingContainers,
    'Environment[Name=PLINTH_GATEWAY].Value',
  )(view).flatMap((place): Place[] => {
    try {
      return [place.reading(JSON.parse(String(shown(place.value))))];
    } catch {
      return [];
    }
  });
