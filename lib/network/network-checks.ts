import type { InterfaceVpcEndpointAwsService } from 'aws-cdk-lib/aws-ec2';
import { outboundRuleNumber } from './network-acls';

interface Choices {
  readonly zones: number;
  readonly natGateways: number;
  readonly outboundPorts: readonly number[];
}

/** A network ACL has 20 rules a direction, of which the private tier needs six for itself. */
const MOST_PORTS = 10;

/**
 * What CloudFormation cannot know about the choices.
 * @internal
 */
export function checkNetwork(path: string, { zones, natGateways, outboundPorts }: Choices): void {
  if (zones !== 2 && zones !== 3) {
    throw new Error(`${path}: zones must be 2 or 3, got ${zones}; one zone cannot fail over, and three are enough for any quorum`);
  }
  if (!Number.isInteger(natGateways) || natGateways < 1 || natGateways > zones) {
    throw new Error(`${path}: natGateways must be 1 to ${zones} (zones), got ${natGateways}; leave it out for one per zone`);
  }
  checkPorts(path, outboundPorts);
}

/**
 * An endpoint twice would claim the service's name twice, which fails at deploy time.
 * @internal
 */
export function checkEndpoints(path: string, endpoints: readonly InterfaceVpcEndpointAwsService[]): void {
  const twice = repeated(endpoints.map(({ shortName }) => shortName));
  if (twice) throw new Error(`${path}: interfaceEndpoints must name each service once, got ${twice} twice; remove one`);
}

function checkPorts(path: string, ports: readonly number[]): void {
  const wrong = ports.find((port) => !Number.isInteger(port) || port < 1 || port > 65_535);
  if (wrong !== undefined) throw new Error(`${path}: outboundPorts must be whole numbers from 1 to 65535, got ${wrong}; name TCP ports`);
  if (!ports.includes(443)) {
    throw new Error(`${path}: outboundPorts must contain 443, got [${ports.join(', ')}]; add it, as images and AWS APIs are reached on it`);
  }
  if (ports.length > MOST_PORTS) {
    throw new Error(`${path}: outboundPorts must be at most ${MOST_PORTS}, got ${ports.length}; a network ACL has no room for more`);
  }
  const twice = repeated(ports);
  if (twice) throw new Error(`${path}: outboundPorts must name each port once, got ${twice} twice; remove one`);
  const number = repeated(ports.map(outboundRuleNumber));
  if (number) {
    const clash = ports.filter((port) => outboundRuleNumber(port) === number);
    throw new Error(
      `${path}: outboundPorts must have rule numbers of their own, got ${clash.join(' and ')}; drop one and add its rule by privateNetworkAcl.addEntry`,
    );
  }
}

function repeated<T>(values: readonly T[]): T | undefined {
  return values.find((value, index) => values.indexOf(value) !== index);
}
