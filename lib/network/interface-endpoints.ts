import { Tags } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { AddressPlan } from './address-plan';

/**
 * AWS services as addresses inside the private tier, all behind one security group that admits that tier.
 * @internal
 */
export class InterfaceEndpoints extends Construct {
  private securityGroup?: ec2.SecurityGroup;

  constructor(
    scope: Construct,
    id: string,
    private readonly vpc: ec2.IVpc,
    private readonly plan: AddressPlan,
  ) {
    super(scope, id);
  }

  /** The service's name is the id, so that the order of a list changes nothing. */
  add(service: ec2.InterfaceVpcEndpointAwsService): ec2.InterfaceVpcEndpoint {
    const endpoint = new ec2.InterfaceVpcEndpoint(this, service.shortName, {
      vpc: this.vpc,
      service,
      subnets: { subnets: this.vpc.privateSubnets },
      securityGroups: [(this.securityGroup ??= this.createSecurityGroup())],
      open: false,
      privateDnsEnabled: true,
    });
    Tags.of(endpoint).add('Name', endpoint.node.path);
    return endpoint;
  }

  private createSecurityGroup(): ec2.SecurityGroup {
    const group = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: this.vpc,
      description: 'Interface endpoints',
      allowAllOutbound: false,
    });
    group.addIngressRule(ec2.Peer.ipv4(this.plan.privateTier), ec2.Port.tcp(443), 'AWS APIs from the private tier');
    Tags.of(group).add('Name', group.node.path);
    return group;
  }
}
