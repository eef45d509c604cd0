import { Tags } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { acknowledge } from '../governance/exceptions';

const { INGRESS, EGRESS } = ec2.TrafficDirection;
const { ALLOW, DENY } = ec2.Action;
const ANYWHERE = '0.0.0.0/0';
const ALL = ec2.AclTraffic.allTraffic();
const HTTPS = ec2.AclTraffic.tcpPort(443);
const ANSWERS = ec2.AclTraffic.tcpPortRange(1024, 65535);
// Packets of a VPC are 9001 bytes and the internet's 1500: without this answer, connections that meet a smaller hop hang.
const TOO_LARGE = ec2.AclTraffic.icmp({ type: 3, code: 4 });

/** What no receiver of the public internet has: refused even when somebody adds a route to it. */
const PRIVATE_RANGES = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16'];

type Rule = readonly [id: string, ruleNumber: number, cidr: string, traffic: ec2.AclTraffic, action?: ec2.Action];

/**
 * The network ACLs of a way out: 443 to the internet, its answers, and nothing else.
 * @internal
 */
export class EgressAcls extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly vpc: ec2.Vpc,
  ) {
    super(scope, id);
    const privateTier = this.createAcl('Private', vpc.privateSubnets);
    this.add(privateTier, INGRESS, [
      ['Answers', 100, ANYWHERE, ANSWERS],
      ['TooLarge', 110, ANYWHERE, TOO_LARGE],
    ]);
    this.add(privateTier, EGRESS, [
      // ICMP goes back to wherever the packet came from.
      ['TooLarge', 50, ANYWHERE, TOO_LARGE],
      ...PRIVATE_RANGES.map((range, at): Rule => [`Private${at + 1}`, 60 + at, range, ALL, DENY]),
      ['Https', 100, ANYWHERE, HTTPS],
    ]);
    const publicTier = this.createAcl('Public', vpc.publicSubnets);
    this.add(publicTier, INGRESS, [
      ...vpc.privateSubnets.map(({ ipv4CidrBlock }, at): Rule => [`ToNat${at + 1}`, 100 + at, ipv4CidrBlock, HTTPS]),
      ['Answers', 120, ANYWHERE, ANSWERS],
      ['TooLarge', 130, ANYWHERE, TOO_LARGE],
    ]);
    this.add(publicTier, EGRESS, [
      ['Https', 100, ANYWHERE, HTTPS],
      ...vpc.privateSubnets.map(({ ipv4CidrBlock }, at): Rule => [`FromNat${at + 1}`, 110 + at, ipv4CidrBlock, ANSWERS]),
      ['TooLarge', 130, ANYWHERE, TOO_LARGE],
    ]);
    acknowledge(this, 'network-acls');
  }

  private createAcl(id: string, subnets: ec2.ISubnet[]): ec2.NetworkAcl {
    const acl = new ec2.NetworkAcl(this, id, { vpc: this.vpc, subnetSelection: { subnets } });
    Tags.of(acl).add('Name', acl.node.path);
    return acl;
  }

  private add(acl: ec2.NetworkAcl, direction: ec2.TrafficDirection, rules: readonly Rule[]): void {
    const prefix = direction === INGRESS ? 'In' : 'Out';
    for (const [id, ruleNumber, cidr, traffic, ruleAction = ALLOW] of rules) {
      acl.addEntry(`${prefix}${id}`, { direction, ruleNumber, cidr: ec2.AclCidr.ipv4(cidr), traffic, ruleAction });
    }
  }
}
