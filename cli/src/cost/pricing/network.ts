import { charges, counted } from '../charge';
import { HOURS } from '../price';
import { PRICES } from '../prices';
import type { Pricer } from '../pricer';
import { millionRequests, type Usage } from '../usage';
import { listIn, textIn } from '../values';

const GB_PER_LCU_HOUR = 1;
const CONNECTIONS_PER_LCU_SECOND = 25;

/** Hours, addresses and capacity, and what leaves through it for the internet. */
export const loadBalancer: Pricer = ({ properties }, { usage }) => {
  const charge = charges('Load balancing', 'load balancer');
  const type = textIn(properties.Type, 'application');
  if (type !== 'application') return [{ reason: `the price of a ${type} load balancer is not in the table` }];
  const internal = properties.Scheme === 'internal';
  const zones = Math.max(listIn(properties.Subnets).length, listIn(properties.SubnetMappings).length);
  const gbOut = (millionRequests(usage) * 1e6 * usage.responseKb) / 1e6;
  return [
    charge(PRICES.loadBalancer, [HOURS, 'h']),
    charge(PRICES.loadBalancerCapacity, [capacityUnits(usage), 'LCU'], [HOURS, 'h']),
    ...(internal
      ? []
      : [
          charge(PRICES.publicAddress, counted(zones, 'public IPv4 address', 'public IPv4 addresses'), [HOURS, 'h']),
          charges('Data transfer', 'data transfer')(PRICES.transferOut, [gbOut, 'GB out to the internet']),
        ]),
  ];
};

/** The largest of what counts, as if traffic were even and each request a connection of its own. */
function capacityUnits({ requestsPerDay, requestKb, responseKb }: Usage): number {
  const perSecond = requestsPerDay / 86_400;
  const gbPerHour = (perSecond * 3600 * (requestKb + responseKb)) / 1e6;
  return Math.max(perSecond / CONNECTIONS_PER_LCU_SECOND, gbPerHour / GB_PER_LCU_HOUR);
}

/** Traffic is a stage's, so each gateway takes its part of it. */
export const natGateway: Pricer = (_, { usage, stage }) => {
  const charge = charges('NAT gateway', 'NAT');
  const gateways = stage.ofType('AWS::EC2::NatGateway').length;
  return [charge(PRICES.natGateway, [HOURS, 'h']), charge(PRICES.natGatewayGb, [usage.natGb / gateways, 'GB'])];
};

export const elasticAddress: Pricer = (address, { stage }) => {
  const ofNat = stage.ofType('AWS::EC2::NatGateway').some(({ properties }) => stage.mentions(properties.AllocationId, address));
  return [charges('Public IPv4', ofNat ? 'NAT' : 'the rest')(PRICES.publicAddress, [HOURS, 'h'])];
};

export const endpoint: Pricer = ({ properties }, { usage }) => {
  const type = textIn(properties.VpcEndpointType, 'Gateway');
  if (type === 'Gateway') return [];
  if (type !== 'Interface') return [{ reason: `the price of a ${type} endpoint is not in the table` }];
  const charge = charges('VPC endpoints', 'endpoints');
  const zones = Math.max(1, listIn(properties.SubnetIds).length);
  return [
    charge(PRICES.interfaceEndpoint, counted(zones, 'zone'), [HOURS, 'h']),
    charge(PRICES.interfaceEndpointGb, [usage.endpointGb, 'GB']),
  ];
};

/** The VPC itself is free; what crosses between its zones is not. */
export const vpc: Pricer = (_, { usage, stage }) => {
  const vpcs = stage.ofType('AWS::EC2::VPC').length;
  if (usage.crossZoneGb === 0) return [];
  return [
    charges('Data transfer', 'data transfer')(PRICES.transferBetweenZones, [usage.crossZoneGb / vpcs, 'GB between zones, both ways']),
  ];
};

/** To CloudWatch it is paid as the log group's ingestion. */
export const flowLog: Pricer = ({ properties }, { usage }) => {
  if ((properties.LogDestinationType ?? 'cloud-watch-logs') === 'cloud-watch-logs') return [];
  return [charges('CloudWatch', 'logs and metrics')(PRICES.logToBucket, [usage.flowLogGb, 'GB to a bucket'])];
};

export const hostedZone: Pricer = () => [charges('Route 53', 'the rest')(PRICES.hostedZone, [1, 'zone'])];

export const healthCheck: Pricer = () => [charges('Route 53', 'the rest')(PRICES.healthCheck, [1, 'check of an AWS endpoint'])];

/** A public certificate is free; one of a private authority is not. */
export const certificate: Pricer = ({ properties }) =>
  properties.CertificateAuthorityArn === undefined ? [] : [{ reason: 'the price of a private authority is not in the table' }];
