import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { LimiterStore } from '../../../lib/data/cache';
import { limiterStore, vpcOf } from './builder';

const USER = 'AWS::ElastiCache::User';
const { stack, store } = limiterStore();
const template = Template.fromStack(stack);
const clients = stack.resolve(store.clients.securityGroupId);
const [storeGroup] = stack.resolve(store.replicationGroup.securityGroupIds);

test('admits its clients on 6379 and nobody else (REC-6.5)', () => {
  const rules = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress')).map(({ Properties }) => Properties);
  expect(rules).toEqual([
    {
      Description: 'Clients of the store',
      IpProtocol: 'tcp',
      FromPort: 6379,
      ToPort: 6379,
      GroupId: storeGroup,
      SourceSecurityGroupId: clients,
    },
  ]);
});

test('lets its clients call the store on 6379 and nothing else', () => {
  const rules = Object.values(template.findResources('AWS::EC2::SecurityGroupEgress')).map(({ Properties }) => Properties);
  expect(rules).toEqual([
    expect.objectContaining({ GroupId: clients, DestinationSecurityGroupId: storeGroup, IpProtocol: 'tcp', FromPort: 6379, ToPort: 6379 }),
  ]);
});

test('has no rule inside the groups themselves that opens anything', () => {
  const groups = Object.values(template.findResources('AWS::EC2::SecurityGroup')).map(({ Properties }) => Properties);
  expect(groups.flatMap(({ SecurityGroupIngress = [] }) => SecurityGroupIngress)).toEqual([]);
  expect(groups.flatMap(({ SecurityGroupEgress = [] }) => SecurityGroupEgress)).toEqual([
    expect.objectContaining({ CidrIp: '255.255.255.255/32', Description: 'Disallow all traffic' }),
  ]);
});

test('leaves its stack as it is when a client of another stack wears the group and opens ports', () => {
  const app = new App();
  const data = new Stack(app, 'Data');
  const vpc = vpcOf(data);
  const limits = new LimiterStore(data, 'Limits', { vpc });
  const wearer = new Stack(app, 'Wearer');
  const caller = new ec2.SecurityGroup(wearer, 'Caller', { vpc });

  new ec2.Connections({ securityGroups: [limits.clients] }).allowFrom(caller, ec2.Port.tcp(8443));

  expect(() => app.synth()).not.toThrow();
  expect(data.dependencies).toEqual([]);
});

test('signs the application in with a generated password of 64 characters (REC-8.5)', () => {
  template.hasResourceProperties('AWS::SecretsManager::Secret', {
    KmsKeyId: Match.anyValue(),
    GenerateSecretString: {
      SecretStringTemplate: '{"username":"app"}',
      GenerateStringKey: 'password',
      PasswordLength: 64,
      ExcludePunctuation: true,
    },
  });
});

test('takes the password from the secret at deployment', () => {
  template.hasResourceProperties(USER, {
    UserName: 'app',
    Passwords: [
      { 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: Match.stringLikeRegexp('Secret') }, ':SecretString:password::}}']] },
    ],
  });
});

test('lets the application do anything but administer the server or walk its keys', () => {
  template.hasResourceProperties(USER, { UserName: 'app', AccessString: 'on ~* &* +@all -@admin -@dangerous +info' });
});

test('switches the default user off', () => {
  template.hasResourceProperties(USER, { UserName: 'default', AccessString: 'off -@all' });
});

test('knows these two users only', () => {
  const users = Object.keys(template.findResources(USER));
  template.hasResourceProperties('AWS::ElastiCache::UserGroup', { Engine: 'valkey', UserIds: users.map((id) => ({ Ref: id })) });
  expect(stack.resolve(store.replicationGroup.userGroupIds)).toEqual([{ Ref: expect.stringContaining('UsersGroup') }]);
});

test('names its users and groups in at most 40 characters, whatever the path', () => {
  const deep = new Stack(new App(), 'AStackWithAVeryLongNameIndeed');
  new LimiterStore(deep, 'LimitsOfEveryTenantAndEveryRegion', { vpc: vpcOf(deep) });
  const found = Template.fromStack(deep);
  const ids = [
    ...Object.values(found.findResources(USER)).map(({ Properties }) => Properties.UserId),
    ...Object.values(found.findResources('AWS::ElastiCache::UserGroup')).map(({ Properties }) => Properties.UserGroupId),
  ];

  const names = ids.map((id) => id['Fn::Join'][1].map((part: unknown) => (typeof part === 'string' ? part : '01234567')).join(''));

  expect(names).toHaveLength(3);
  expect(names.filter((name) => !/^[a-z](-?[a-z0-9]){1,39}$/.test(name) || name.length > 40)).toEqual([]);
});

test('grants the password to who asks, and no other secret', () => {
  const { stack: own, store: granted } = limiterStore();
  new secretsmanager.Secret(own, 'Other');
  const role = new iam.Role(own, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });

  granted.secret.grantRead(role);

  const [{ Properties }] = Object.values(Template.fromStack(own).findResources('AWS::IAM::Policy'));
  const reads = Properties.PolicyDocument.Statement.filter(({ Action }: { Action: string[] }) =>
    Action.includes('secretsmanager:GetSecretValue'),
  );
  expect(reads.map(({ Resource }: { Resource: unknown }) => Resource)).toEqual([
    { Ref: expect.stringContaining('LimitsValkeyUsersSecret') },
  ]);
});
