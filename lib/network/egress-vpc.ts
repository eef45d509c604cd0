import { CfnOutput, Fn, Tags } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from '../governance/exceptions';
import { createLogKey } from '../governance/log-key';
import { ClosedDefaultSecurityGroup } from './default-security-group';
import { EgressAcls } from './egress-acls';
import { FlowLogs } from './flow-logs';
import { GatewayEndpoints } from './gateway-endpoints';
import { withZonesOfRegion } from './zones';

/**
 * Where a way out of its own lies.
 *
 * @example
 * import type { EgressVpcProps } from 'plinth';
 *
 * const props: EgressVpcProps = { cidr: '10.250.1.0/24' };
 */
export interface EgressVpcProps {
  /**
   * The IPv4 range, a /24. It meets no other network, so any will do.
   * @default '10.250.0.0/24'
   */
  readonly cidr?: string;

  /**
   * The key of the log groups, which CloudWatch Logs must be allowed to use.
   * @default - a key of its own, 1 USD a month
   */
  readonly logKey?: kms.IKey;
}

const ZONES = 2;
const CIDR = /^((?:\d{1,3}\.){3})0\/24$/;

/**
 * A network with nothing in it but a way out: what stands there calls the internet from addresses that never change, and reaches nothing
 * private.
 *
 * Guarantees that it has no route to another network, that port 443 alone is open and only outwards, that private ranges are refused
 * besides by its network ACL, that its default security group is closed, and that every flow is logged for 30 days.
 *
 * Creates the VPC over two zones, a NAT gateway and an Elastic IP in each (of 5 that a region allows at first), two network ACLs, a
 * security group, gateway endpoints for DynamoDB and S3, the flow log and a function that closes the default security group.
 *
 * @example
 * import { EgressVpc } from 'plinth';
 *
 * const { vpc, securityGroup, addresses } = new EgressVpc(stack, 'Egress');
 */
export class EgressVpc extends Construct {
  /** The VPC; functions stand in its private subnets. */
  readonly vpc: ec2.Vpc;

  /** What functions wear: nothing in, 443 out. */
  readonly securityGroup: ec2.SecurityGroup;

  /** The addresses that others see, one a zone. */
  readonly addresses: string[];

  /** The IPv4 range. */
  readonly cidr: string;

  /** Where the flow logs are. */
  readonly flowLogGroup: logs.LogGroup;

  constructor(scope: Construct, id: string, props: EgressVpcProps = {}) {
    super(scope, id);
    this.cidr = props.cidr ?? '10.250.0.0/24';
    this.check();
    const elasticIps = Array.from({ length: ZONES }, (_, zone) => this.createAddress(zone));
    this.addresses = elasticIps.map(({ attrPublicIp }) => attrPublicIp);
    this.vpc = withZonesOfRegion(this, ZONES, () => this.createVpc(elasticIps.map(({ attrAllocationId }) => attrAllocationId)));
    new EgressAcls(this, 'Acls', this.vpc);
    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: this.vpc,
      description: 'Out to the internet on 443',
      allowAllOutbound: false,
    });
    this.securityGroup.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTPS, 'To receivers, and to AWS');
    const logKey = props.logKey ?? createLogKey(this, 'LogKey');
    this.flowLogGroup = new FlowLogs(this, 'FlowLogs', this.vpc, logKey).logGroup;
    new ClosedDefaultSecurityGroup(this, 'DefaultSecurityGroup', this.vpc, logKey);
    new GatewayEndpoints(this, 'GatewayEndpoints', this.vpc);
    new CfnOutput(this, 'Addresses', { description: 'The addresses that calls come from', value: Fn.join(', ', this.addresses) });
  }

  private check(): void {
    const octets = CIDR.exec(this.cidr)?.[1].split('.').slice(0, 3).map(Number);
    if (octets?.every((octet) => octet <= 255)) return;
    throw new Error(`${this.node.path}: cidr must be a /24 such as 10.250.0.0/24, got ${this.cidr}; write it out`);
  }

  private createAddress(zone: number): ec2.CfnEIP {
    const address = new ec2.CfnEIP(this, `Address${zone + 1}`, { domain: 'vpc' });
    Tags.of(address).add('Name', address.node.path);
    return address;
  }

  private createVpc(eipAllocationIds: string[]): ec2.Vpc {
    const vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr(this.cidr),
      maxAzs: ZONES,
      natGateways: ZONES,
      natGatewayProvider: ec2.NatProvider.gateway({ eipAllocationIds }),
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: 'Private', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 26 },
        { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 28, mapPublicIpOnLaunch: false },
      ],
    });
    acknowledge(vpc, 'default-security-group', 'internet-route');
    return vpc;
  }
}
