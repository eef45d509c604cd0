import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { VectorDatabase } from '../../../lib/data/database';
import { Network } from '../../../lib/network';
import { database, databaseTemplate, resourcesOf } from './builder';

const template = databaseTemplate();
const groupLike = (id: RegExp) =>
  Object.entries(resourcesOf(template)).find(([name, { Type }]) => Type === 'AWS::EC2::SecurityGroup' && id.test(name))!;
const [databaseGroup, { Properties: databaseProperties }] = groupLike(/AccessDatabase/);
const [clientsGroup, { Properties: clientsProperties }] = groupLike(/AccessClients/);
const idOf = (group: string) => ({ 'Fn::GetAtt': [group, 'GroupId'] });

test('admits the wearers of the client group to 5432', () => {
  template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
    GroupId: idOf(databaseGroup),
    SourceSecurityGroupId: idOf(clientsGroup),
    IpProtocol: 'tcp',
    FromPort: 5432,
    ToPort: 5432,
  });
});

test('admits nobody else to anything', () => {
  const rules = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress')).filter(
    ({ Properties }) => JSON.stringify(Properties.GroupId) === JSON.stringify(idOf(databaseGroup)),
  );
  expect(rules).toHaveLength(1);
  expect(databaseProperties).not.toHaveProperty('SecurityGroupIngress');
});

test('puts the database into that group alone', () => {
  template.hasResourceProperties('AWS::RDS::DBInstance', { VPCSecurityGroups: [idOf(databaseGroup)] });
});

test('lets clients go to the database and nowhere else', () => {
  const out = Object.values(template.findResources('AWS::EC2::SecurityGroupEgress')).filter(
    ({ Properties }) => JSON.stringify(Properties.GroupId) === JSON.stringify(idOf(clientsGroup)),
  );

  expect(out).toHaveLength(1);
  template.hasResourceProperties('AWS::EC2::SecurityGroupEgress', {
    GroupId: idOf(clientsGroup),
    DestinationSecurityGroupId: idOf(databaseGroup),
    FromPort: 5432,
    ToPort: 5432,
  });
});

test.each([
  ['the database', databaseProperties],
  ['a client group', clientsProperties],
])('has no rule in %s that lets it out', (_, properties) => {
  expect(properties.SecurityGroupEgress).toEqual([expect.objectContaining({ CidrIp: '255.255.255.255/32' })]);
});

test('takes no rule from outside into the client group', () => {
  const { stack, database: made } = database();
  const before = Object.keys(Template.fromStack(database().stack).toJSON().Resources);

  made.clients.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(8443));
  made.clients.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTPS);

  expect(Object.keys(Template.fromStack(stack).toJSON().Resources)).toEqual(before);
});

describe('with a client in another stack that imports the group', () => {
  const app = new App();
  const data = new Stack(app, 'Data');
  const { vpc } = new Network(data, 'Network');
  const made = new VectorDatabase(data, 'Database', { vpc });
  const resources = data.node.findAll().map(({ node }) => node.path);
  const consumer = new Stack(app, 'Consumer');
  const [own, other] = ['Own', 'Other'].map((id) => new ec2.SecurityGroup(consumer, id, { vpc, allowAllOutbound: false }));
  const worn = ec2.SecurityGroup.fromSecurityGroupId(consumer, 'Worn', made.clients.securityGroupId, { mutable: false });
  const wearer = new ec2.Connections({ securityGroups: [own, worn] });
  wearer.allowFrom(other, ec2.Port.tcp(8443));
  wearer.allowTo(other, ec2.Port.tcp(8443));

  test('gets nothing of the consumer into its own stack', () => {
    expect(data.node.findAll().map(({ node }) => node.path)).toEqual(resources);
    expect(data.dependencies).toEqual([]);
  });

  test('leaves no rule on the client group in the consumer', () => {
    const rules = ['Ingress', 'Egress'].flatMap((way) =>
      Object.values(Template.fromStack(consumer).findResources(`AWS::EC2::SecurityGroup${way}`)),
    );
    expect(rules.length).toBeGreaterThan(0);
    expect(rules.filter(({ Properties }) => !/^(Own|Other)/.test(Properties.GroupId['Fn::GetAtt'][0]))).toEqual([]);
  });
});

describe('the function that rotates the password', () => {
  const [, { Properties }] = Object.entries(resourcesOf(template)).find(
    ([id, { Type }]) => Type === 'AWS::Lambda::Function' && /Rotation/.test(id),
  )!;
  const { SecurityGroupIds, SubnetIds } = Properties.VpcConfig as { SecurityGroupIds: unknown[]; SubnetIds: { Ref: string }[] };

  test('wears the client group', () => {
    expect(SecurityGroupIds).toContainEqual(idOf(clientsGroup));
  });

  test('stands in private subnets', () => {
    expect(SubnetIds.map(({ Ref }) => Ref)).toEqual([expect.stringContaining('Private'), expect.stringContaining('Private')]);
  });

  test('reaches Secrets Manager on 443 and nothing else', () => {
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: Match.stringLikeRegexp('Rotation'),
      SecurityGroupEgress: [Match.objectLike({ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443, IpProtocol: 'tcp' })],
    });
  });
});
