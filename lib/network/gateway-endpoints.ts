import { Aws, Fn, Tags } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

const everyone = [new iam.AnyPrincipal()];
const regionWithoutHyphens = Fn.join('', Fn.split('-', Aws.REGION));
const ownResources = { StringEquals: { 'aws:ResourceAccount': Aws.ACCOUNT_ID } };

/**
 * The free way to S3 and DynamoDB, past the NAT gateways, and narrowed so that nothing inside can carry data to another account.
 * @internal
 */
export class GatewayEndpoints extends Construct {
  readonly s3: ec2.GatewayVpcEndpoint;
  readonly dynamoDb: ec2.GatewayVpcEndpoint;

  constructor(scope: Construct, id: string, vpc: ec2.IVpc) {
    super(scope, id);
    this.s3 = this.createEndpoint('S3', vpc, ec2.GatewayVpcEndpointAwsService.S3, [
      new iam.PolicyStatement({ principals: everyone, actions: ['s3:*'], resources: ['*'], conditions: ownResources }),
      // Image layers, presigned downloads and open data lie in buckets of other accounts.
      new iam.PolicyStatement({ principals: everyone, actions: ['s3:GetObject', 's3:GetObjectVersion'], resources: ['*'] }),
      // A function inside the VPC answers CloudFormation by a presigned upload to the region's bucket of CloudFormation's; with a
      // wildcard in its place, anyone could register a name that matches.
      new iam.PolicyStatement({
        principals: everyone,
        actions: ['s3:PutObject'],
        resources: [`arn:${Aws.PARTITION}:s3:::cloudformation-custom-resource-response-${regionWithoutHyphens}/*`],
      }),
    ]);
    this.dynamoDb = this.createEndpoint('DynamoDb', vpc, ec2.GatewayVpcEndpointAwsService.DYNAMODB, [
      new iam.PolicyStatement({ principals: everyone, actions: ['dynamodb:*'], resources: ['*'], conditions: ownResources }),
    ]);
  }

  private createEndpoint(
    id: string,
    vpc: ec2.IVpc,
    service: ec2.IGatewayVpcEndpointService,
    statements: iam.PolicyStatement[],
  ): ec2.GatewayVpcEndpoint {
    const endpoint = new ec2.GatewayVpcEndpoint(this, id, { vpc, service, subnets: [{ subnets: vpc.privateSubnets }] });
    for (const statement of statements) endpoint.addToPolicy(statement);
    Tags.of(endpoint).add('Name', endpoint.node.path);
    return endpoint;
  }
}
