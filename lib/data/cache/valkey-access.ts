import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { DataProtection } from '../data-protection';

/** @internal */
export const VALKEY_PORT = 6379;

/** @internal */
export interface ValkeyAccessProps {
  readonly vpc: ec2.IVpc;
  readonly protection: DataProtection;
}

/**
 * Who reaches a store: the members of one group, on one port (REC-6.5).
 * @internal
 */
export class ValkeyAccess extends Construct {
  readonly storeGroup: ec2.SecurityGroup;
  readonly clients: ec2.ISecurityGroup;

  constructor(scope: Construct, id: string, props: ValkeyAccessProps) {
    super(scope, id);
    this.storeGroup = this.createGroup('Store', `Store ${scope.node.path}`, props);
    const clients = this.createGroup('Clients', `Clients of ${scope.node.path}`, props);
    this.storeGroup.connections.allowFrom(clients, ec2.Port.tcp(VALKEY_PORT), 'Clients of the store');
    // Who wears the group cannot add rules to it, which would tie this stack to the wearer's.
    this.clients = ec2.SecurityGroup.fromSecurityGroupId(this, 'Worn', clients.securityGroupId, { mutable: false });
  }

  /** A kept store holds on to its groups. */
  private createGroup(id: string, description: string, { vpc, protection }: ValkeyAccessProps): ec2.SecurityGroup {
    const group = new ec2.SecurityGroup(this, id, { vpc, description, allowAllOutbound: false });
    group.applyRemovalPolicy(protection.removalPolicy);
    return group;
  }
}
