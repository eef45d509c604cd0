import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { network, networkTemplate } from './builder';

const { ECR, KMS, SECRETS_MANAGER } = ec2.InterfaceVpcEndpointAwsService;
const template = networkTemplate();
const withEndpoints = networkTemplate({ interfaceEndpoints: [SECRETS_MANAGER, ECR] });

type Reference = { readonly Ref: string };
type Statement = { readonly Action: string | string[]; readonly Resource: unknown };
interface Endpoint {
  readonly ServiceName: unknown;
  readonly SubnetIds: Reference[];
  readonly RouteTableIds: Reference[];
  readonly PolicyDocument: { readonly Statement: Statement[] };
}

function endpoints(of: Template, type: string): Map<string, Endpoint> {
  const found = Object.entries(of.findResources('AWS::EC2::VPCEndpoint', { Properties: { VpcEndpointType: type } }));
  return new Map(found.map(([id, { Properties }]): [string, Endpoint] => [id, Properties]));
}

function policyOf(service: string): Statement[] {
  const found = [...endpoints(template, 'Gateway').values()].find(({ ServiceName }) => JSON.stringify(ServiceName).includes(service));
  return found?.PolicyDocument.Statement ?? [];
}

test('reaches S3 and DynamoDB by gateway endpoints', () => {
  expect(endpoints(template, 'Gateway').size).toBe(2);
});

test('routes gateway endpoints from the private tier alone', () => {
  const tables = [...endpoints(template, 'Gateway').values()].flatMap(({ RouteTableIds }) => RouteTableIds);
  expect(tables.filter(({ Ref }) => !Ref.includes('PrivateSubnet'))).toEqual([]);
});

test('writes through S3 to buckets of the account and to CloudFormation alone', () => {
  const writers = policyOf('s3').filter(({ Action }) => ['s3:*', 's3:PutObject'].some((action) => [Action].flat().includes(action)));
  const withoutHyphens = { 'Fn::Join': ['', { 'Fn::Split': ['-', { Ref: 'AWS::Region' }] }] };

  expect(writers).toEqual([
    expect.objectContaining({ Action: 's3:*', Condition: { StringEquals: { 'aws:ResourceAccount': { Ref: 'AWS::AccountId' } } } }),
    expect.objectContaining({
      Resource: {
        'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::cloudformation-custom-resource-response-', withoutHyphens, '/*']],
      },
    }),
  ]);
});

test('reads through S3 from any bucket, as image layers lie in buckets of ECR', () => {
  expect(policyOf('s3')).toContainEqual({
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: ['s3:GetObject', 's3:GetObjectVersion'],
    Resource: '*',
  });
});

test('reaches through DynamoDB tables of the account alone', () => {
  expect(policyOf('dynamodb')).toEqual([
    expect.objectContaining({ Condition: { StringEquals: { 'aws:ResourceAccount': { Ref: 'AWS::AccountId' } } } }),
  ]);
});

test('makes no interface endpoint by itself', () => {
  expect(endpoints(template, 'Interface').size).toBe(0);
});

test('makes the interface endpoints that were asked for, in the private tier', () => {
  const places = [...endpoints(withEndpoints, 'Interface').values()].flatMap(({ SubnetIds }) => SubnetIds);
  expect(places).toHaveLength(4);
  expect(places.filter(({ Ref }) => !Ref.includes('PrivateSubnet'))).toEqual([]);
});

test('admits the private tier alone to interface endpoints, on 443', () => {
  withEndpoints.hasResourceProperties('AWS::EC2::SecurityGroup', {
    GroupDescription: 'Interface endpoints',
    SecurityGroupIngress: [Match.objectLike({ CidrIp: '10.0.0.0/17', FromPort: 443, ToPort: 443 })],
  });
});

test('keeps the ids of interface endpoints when the list is turned around', () => {
  const turned = networkTemplate({ interfaceEndpoints: [ECR, SECRETS_MANAGER] });
  expect(new Set(endpoints(turned, 'Interface').keys())).toEqual(new Set(endpoints(withEndpoints, 'Interface').keys()));
});

test('adds an interface endpoint later', () => {
  const { stack, network: of } = network();
  of.addInterfaceEndpoint(KMS);
  expect([...endpoints(Template.fromStack(stack), 'Interface').keys()]).toEqual([expect.stringContaining('kms')]);
});

test('logs every flow, admitted or refused', () => {
  template.hasResourceProperties('AWS::EC2::FlowLog', { ResourceType: 'VPC', TrafficType: 'ALL', LogDestinationType: 'cloud-watch-logs' });
});

test('keeps flow logs for thirty days under the key of the network', () => {
  template.allResourcesProperties('AWS::Logs::LogGroup', {
    RetentionInDays: 30,
    KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('LogKey'), 'Arn'] },
  });
});

test('lets the log service of the region use the key', () => {
  template.hasResourceProperties('AWS::KMS::Key', {
    KeyPolicy: {
      Statement: Match.arrayWith([
        Match.objectLike({ Principal: { Service: { 'Fn::Join': ['', ['logs.', { Ref: 'AWS::Region' }, '.amazonaws.com']] } } }),
      ]),
    },
  });
});

test('lets flow logs write to their own group alone', () => {
  template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
    PolicyDocument: {
      Statement: [
        {
          Effect: 'Allow',
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
          Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('FlowLogsLogGroup'), 'Arn'] },
        },
      ],
    },
  });
});

test('lets only flow logs of the account take on their role', () => {
  template.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [
        Match.objectLike({
          Principal: { Service: 'vpc-flow-logs.amazonaws.com' },
          Condition: Match.objectLike({ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } }),
        }),
      ],
    },
  });
});

test('closes the default security group of the VPC', () => {
  template.hasResourceProperties('Custom::ClosedSecurityGroup', {
    SecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('NetworkVpc'), 'DefaultSecurityGroup'] },
  });
});

test('gives up on a silent function after five minutes', () => {
  template.hasResourceProperties('Custom::ClosedSecurityGroup', { ServiceTimeout: '300' });
});

test('lets the closing function revoke rules of that group alone', () => {
  const statements = Object.values(template.findResources('AWS::IAM::ManagedPolicy')).flatMap(
    ({ Properties }) => Properties.PolicyDocument.Statement,
  );
  const [revoking] = statements.filter(({ Action }) => [Action].flat().includes('ec2:RevokeSecurityGroupIngress'));
  expect(revoking.Action).toEqual(['ec2:RevokeSecurityGroupIngress', 'ec2:RevokeSecurityGroupEgress']);
  expect(JSON.stringify(revoking.Resource)).toMatch(/:security-group\/",\{"Fn::GetAtt":\["NetworkVpc\w+","DefaultSecurityGroup"\]/);
});

test('has no inline policy', () => {
  template.resourceCountIs('AWS::IAM::Policy', 0);
});

test('lets nobody but AWS services grant the use of the key', () => {
  template.hasResourceProperties('AWS::KMS::Key', {
    KeyPolicy: {
      Statement: Match.arrayWith([
        {
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: 'kms:CreateGrant',
          Resource: '*',
          Condition: { BoolIfExists: { 'kms:GrantIsForAWSResource': 'false', 'aws:PrincipalIsAWSService': 'false' } },
        },
      ]),
    },
  });
});
