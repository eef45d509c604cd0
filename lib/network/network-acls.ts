import { Tags } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { acknowledge } from '../governance/exceptions';
import type { AddressPlan } from './address-plan';

/** @internal */
export interface NetworkAclsProps {
  readonly vpc: ec2.Vpc;
  readonly plan: AddressPlan;
  readonly outboundPorts: readonly number[];
}

const { INGRESS, EGRESS } = ec2.TrafficDirection;
const ANYWHERE = '0.0.0.0/0';
// Load balancer, NAT gateway and functions each choose their own ports from 1024 up, so no narrower range is safe.
const UNPRIVILEGED = ec2.AclTraffic.tcpPortRange(1024, 65535);
// Packets of a VPC are 9001 bytes and the internet's 1500: without this answer, connections that meet a smaller hop hang.
const TOO_LARGE = ec2.AclTraffic.icmp({ type: 3, code: 4 });
const tcp = (port: number) => ec2.AclTraffic.tcpPort(port);

type Rule = readonly [id: string, ruleNumber: number, cidr: string, traffic: ec2.AclTraffic];

/** Rule numbers end at 32766. */
const PORT_NUMBERS = 31_723;
const PORT_NUMBERS_FROM = 1_000;

/**
 * The number of a port's rule, from the port alone: numbers by position would shift when a port is added, and a rule whose number
 * changes is created before the old one goes, which fails for as long as another rule holds that number.
 * @internal
 */
export function outboundRuleNumber(port: number): number {
  return PORT_NUMBERS_FROM + (port % PORT_NUMBERS);
}

/**
 * A network ACL for each tier that denies all but what the tier is for (REC-6.6).
 *
 * ACLs keep no state: the answer to every admitted connection has a rule of its own in the other direction. They do not see traffic
 * inside one subnet, to the Amazon resolver or to a task's metadata; what may talk to what inside a tier is for security groups.
 * @internal
 */
export class NetworkAcls extends Construct {
  readonly publicTier: ec2.NetworkAcl;
  readonly privateTier: ec2.NetworkAcl;
  readonly isolatedTier: ec2.NetworkAcl;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: NetworkAclsProps,
  ) {
    super(scope, id);
    this.publicTier = this.createPublic();
    this.privateTier = this.createPrivate();
    this.isolatedTier = this.createIsolated();
    acknowledge(this, 'network-acls');
  }

  private createPublic(): ec2.NetworkAcl {
    const acl = this.createAcl('Public', this.props.vpc.publicSubnets);
    this.allow(acl, INGRESS, [
      // Clients of the load balancer; also what the private tier sends to the NAT gateways on this port.
      ['Https', 100, ANYWHERE, tcp(443)],
      // Answered by a redirect alone.
      ['Http', 110, ANYWHERE, tcp(80)],
      // Answers of tasks to the load balancer and of the internet to the NAT gateways; the deployment's test listener is in this range
      // too, and only its security group can part it from answers.
      ['Answers', 120, ANYWHERE, UNPRIVILEGED],
      ['TooLarge', 130, ANYWHERE, TOO_LARGE],
      // To the NAT gateways; what is not listed here is in a rule above.
      ...this.outboundPorts((port) => port < 1024 && port !== 443 && port !== 80, this.props.plan.privateTier),
    ]);
    this.allow(acl, EGRESS, [
      // Answers to clients, requests and health checks to tasks, and the NAT gateways' answers to the private tier.
      ['Answers', 100, ANYWHERE, UNPRIVILEGED],
      ['TooLarge', 110, ANYWHERE, TOO_LARGE],
      // From the NAT gateways to the internet; ports from 1024 up are in the range above.
      ...this.outboundPorts((port) => port < 1024),
    ]);
    return acl;
  }

  private createPrivate(): ec2.NetworkAcl {
    const { vpc, plan } = this.props;
    const acl = this.createAcl('Private', vpc.privateSubnets);
    this.allow(acl, INGRESS, [
      // Answers through NAT and gateway endpoints come from public addresses; the ports that tasks listen on are in this range.
      ['Answers', 100, ANYWHERE, UNPRIVILEGED],
      // Interface endpoints stand in this tier.
      ['Endpoints', 110, plan.privateTier, tcp(443)],
      // So does the internal load balancer of a stage without a domain.
      ['InternalHttp', 120, plan.privateTier, tcp(80)],
      ['TooLarge', 130, ANYWHERE, TOO_LARGE],
    ]);
    this.allow(acl, EGRESS, [
      // To the load balancer, which asked, and to its test listener.
      ['ToPublic', 100, plan.publicTier, UNPRIVILEGED],
      // Between tasks, functions, endpoints and an internal load balancer.
      ['ToPrivate', 110, plan.privateTier, UNPRIVILEGED],
      ['InternalHttp', 120, plan.privateTier, tcp(80)],
      ['Database', 130, plan.isolatedTier, tcp(5432)],
      ['Cache', 140, plan.isolatedTier, tcp(6379)],
      ['TooLarge', 150, ANYWHERE, TOO_LARGE],
      // 443 is always among them: AWS APIs by NAT, by gateway endpoint (public addresses) or by interface endpoint.
      ...this.outboundPorts(() => true),
    ]);
    return acl;
  }

  private createIsolated(): ec2.NetworkAcl {
    const { vpc, plan } = this.props;
    const acl = this.createAcl('Isolated', vpc.isolatedSubnets);
    this.allow(acl, INGRESS, [
      ['Database', 100, plan.privateTier, tcp(5432)],
      ['Cache', 110, plan.privateTier, tcp(6379)],
    ]);
    // Standbys and replicas copy over a network of the service's own, not through the subnets.
    this.allow(acl, EGRESS, [['Answers', 100, plan.privateTier, UNPRIVILEGED]]);
    return acl;
  }

  private outboundPorts(pick: (port: number) => boolean, cidr = ANYWHERE): Rule[] {
    return this.props.outboundPorts.filter(pick).map((port) => [`Port${port}`, outboundRuleNumber(port), cidr, tcp(port)]);
  }

  private createAcl(id: string, subnets: ec2.ISubnet[]): ec2.NetworkAcl {
    const acl = new ec2.NetworkAcl(this, id, { vpc: this.props.vpc, subnetSelection: { subnets } });
    Tags.of(acl).add('Name', acl.node.path);
    return acl;
  }

  private allow(acl: ec2.NetworkAcl, direction: ec2.TrafficDirection, rules: readonly Rule[]): void {
    const prefix = direction === INGRESS ? 'In' : 'Out';
    for (const [id, ruleNumber, cidr, traffic] of rules) {
      acl.addEntry(`${prefix}${id}`, { direction, ruleNumber, cidr: ec2.AclCidr.ipv4(cidr), traffic, ruleAction: ec2.Action.ALLOW });
    }
  }
}
