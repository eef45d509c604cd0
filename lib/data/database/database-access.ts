import type { RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { PORT } from './database-engine';

/**
 * Two security groups: one that clients wear, and one of the database that admits the wearers and nobody else.
 * @internal
 */
export class DatabaseAccess extends Construct {
  /** Worn by clients. It cannot be changed from outside, so that a consumer's rules never land here, or refer back from here. */
  readonly clients: ec2.ISecurityGroup;

  /** Worn by the database. */
  readonly database: ec2.SecurityGroup;

  /** What must stand before anybody connects. */
  readonly rules: Construct[];

  constructor(scope: Construct, id: string, vpc: ec2.IVpc, removalPolicy: RemovalPolicy) {
    super(scope, id);
    this.database = new ec2.SecurityGroup(this, 'Database', { vpc, description: `Database ${scope.node.path}`, allowAllOutbound: false });
    this.database.applyRemovalPolicy(removalPolicy);
    const clients = new ec2.SecurityGroup(this, 'Clients', {
      vpc,
      description: `Clients of database ${scope.node.path}`,
      allowAllOutbound: false,
    });
    this.clients = ec2.SecurityGroup.fromSecurityGroupId(this, 'ImmutableClients', clients.securityGroupId, { mutable: false });
    this.rules = [
      new ec2.CfnSecurityGroupIngress(this, 'FromClients', {
        ...rule('From its clients'),
        groupId: this.database.securityGroupId,
        sourceSecurityGroupId: clients.securityGroupId,
      }),
      new ec2.CfnSecurityGroupEgress(this, 'ToDatabase', {
        ...rule('To the database'),
        groupId: clients.securityGroupId,
        destinationSecurityGroupId: this.database.securityGroupId,
      }),
    ];
  }
}

function rule(description: string) {
  return { ipProtocol: 'tcp', fromPort: PORT, toPort: PORT, description };
}
