import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from '../governance/exceptions';
import { createLogKey } from '../governance/log-key';
import { AddressPlan, DEFAULT_CIDR, ZONE_SLOTS } from './address-plan';
import { ClosedDefaultSecurityGroup } from './default-security-group';
import { FlowLogs } from './flow-logs';
import { GatewayEndpoints } from './gateway-endpoints';
import { InterfaceEndpoints } from './interface-endpoints';
import { NetworkAcls } from './network-acls';
import { checkEndpoints, checkNetwork } from './network-checks';
import { withZonesOfRegion } from './zones';

/**
 * How a network is laid out.
 *
 * @example
 * import type { NetworkProps } from 'plinth';
 *
 * const props: NetworkProps = { cidr: '10.20.0.0/16', zones: 3, outboundPorts: [443, 587] };
 */
export interface NetworkProps {
  /**
   * The IPv4 range, /16 to /20, in the form `10.0.0.0/16`. It cannot change later without replacing the network.
   * @default '10.0.0.0/16'
   */
  readonly cidr?: string;

  /**
   * The number of availability zones, 2 or 3. A third one may be added later and moves nothing.
   * @default 2
   */
  readonly zones?: number;

  /**
   * The number of NAT gateways, 1 up to the number of zones; 32.85 USD a month each, and 0.045 a GB. With fewer than zones, the loss of
   * one zone may cut the others off the internet.
   * @default - one per zone
   */
  readonly natGateways?: number;

  /**
   * The TCP ports that containers and functions may call on the internet, 1 to 65535, at most 10; 443 must be among them, as AWS APIs
   * are called on it.
   * @default [443]
   */
  readonly outboundPorts?: number[];

  /**
   * AWS services to reach inside the network and not through NAT; 7.30 USD a month each per zone, and 0.01 a GB. Their names resolve to
   * the endpoints for the whole network.
   * @default - none; S3 and DynamoDB have gateway endpoints, which cost nothing
   */
  readonly interfaceEndpoints?: ec2.InterfaceVpcEndpointAwsService[];
}

/**
 * A network of three tiers over two or three availability zones: public for the load balancer and the NAT gateways alone, private with
 * a way out for containers, isolated for database and cache.
 *
 * A network ACL per tier denies all but what the tier is for, nothing gets a public address by itself, the default security group is
 * closed, and every flow is logged for 30 days under a key of the network's own. It synthesizes without lookups for any account and
 * region, and containers reach the internet on `outboundPorts` only.
 *
 * Creates the VPC with its subnets, routes, NAT gateways and Elastic IPs (one each, of 5 that a region allows at first), three network
 * ACLs, gateway endpoints for S3 and DynamoDB, interface endpoints as asked, the flow log with its log group, key and role, and a
 * function that closes the default security group.
 *
 * @example
 * import * as ec2 from 'aws-cdk-lib/aws-ec2';
 * import { Network } from 'plinth';
 *
 * const network = new Network(stack, 'Network', { zones: 3 });
 * new ec2.SecurityGroup(stack, 'Tasks', { vpc: network.vpc });
 */
export class Network extends Construct {
  /** The VPC with its subnets by tier: `publicSubnets`, `privateSubnets`, `isolatedSubnets`. */
  readonly vpc: ec2.Vpc;

  /** The key of the network's log groups. */
  readonly logKey: kms.Key;

  /** Where the flow logs are. */
  readonly flowLogGroup: logs.LogGroup;

  /** The network ACL of the public tier; `addEntry` adds to it, and rule numbers from 200 to 900 are free. */
  readonly publicNetworkAcl: ec2.NetworkAcl;

  /** The network ACL of the private tier; rule numbers from 200 to 900 are free. */
  readonly privateNetworkAcl: ec2.NetworkAcl;

  /** The network ACL of the isolated tier; rule numbers from 200 up are free. */
  readonly isolatedNetworkAcl: ec2.NetworkAcl;

  private readonly endpoints: InterfaceEndpoints;

  constructor(scope: Construct, id: string, props: NetworkProps = {}) {
    super(scope, id);
    const { cidr = DEFAULT_CIDR, zones = 2, natGateways = zones, outboundPorts = [443], interfaceEndpoints = [] } = props;
    const plan = new AddressPlan(this.node.path, cidr);
    checkNetwork(this.node.path, { zones, natGateways, outboundPorts });
    checkEndpoints(this.node.path, interfaceEndpoints);
    this.vpc = withZonesOfRegion(this, zones, () => this.createVpc(plan, zones, natGateways));
    const acls = new NetworkAcls(this, 'Acls', { vpc: this.vpc, plan, outboundPorts });
    this.publicNetworkAcl = acls.publicTier;
    this.privateNetworkAcl = acls.privateTier;
    this.isolatedNetworkAcl = acls.isolatedTier;
    this.logKey = createLogKey(this, 'LogKey');
    this.flowLogGroup = new FlowLogs(this, 'FlowLogs', this.vpc, this.logKey).logGroup;
    new ClosedDefaultSecurityGroup(this, 'DefaultSecurityGroup', this.vpc, this.logKey);
    new GatewayEndpoints(this, 'GatewayEndpoints', this.vpc);
    this.endpoints = new InterfaceEndpoints(this, 'InterfaceEndpoints', this.vpc, plan);
    for (const service of interfaceEndpoints) this.endpoints.add(service);
  }

  /** Makes an AWS service reachable inside the network: 7.30 USD a month per zone, and 0.01 a GB. */
  addInterfaceEndpoint(service: ec2.InterfaceVpcEndpointAwsService): ec2.InterfaceVpcEndpoint {
    return this.endpoints.add(service);
  }

  private createVpc(plan: AddressPlan, zones: number, natGateways: number): ec2.Vpc {
    const vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr(plan.cidr),
      maxAzs: zones,
      reservedAzs: ZONE_SLOTS - zones,
      natGateways,
      // Closed by a function of ours instead: CDK's own has no encrypted log group, and an inline policy.
      restrictDefaultSecurityGroup: false,
      // In this order every tier begins at a multiple of its size.
      subnetConfiguration: [
        { name: 'Private', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, cidrMask: plan.subnetMask('private') },
        { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: plan.subnetMask('public'), mapPublicIpOnLaunch: false },
        { name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: plan.subnetMask('isolated') },
      ],
    });
    acknowledge(vpc, 'default-security-group', 'internet-route');
    return vpc;
  }
}
