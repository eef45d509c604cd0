import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { VectorDatabaseReplica, type VectorDatabaseReplicaProps } from '../../../lib/data/database';
import { ManagedRole } from '../../../lib/governance/managed-role';
import { Network } from '../../../lib/network';
import { ALL_FLAGS, NO_FLAGS } from '../../support/feature-flags';
import { databaseTemplate, resourcesOf, theResource } from './builder';

type Policy = { readonly Statement: { readonly Resource: unknown }[] };

const INSTANCE = 'AWS::RDS::DBInstance';

describe('read replicas', () => {
  const template = databaseTemplate({ readReplicas: 2 });
  const first = theResource(template, INSTANCE, /^DatabaseReplica1/);

  test('are made when they are asked for alone', () => {
    databaseTemplate().resourceCountIs(INSTANCE, 1);
  });

  test('are as many as were asked for', () => {
    template.resourceCountIs(INSTANCE, 3);
  });

  test('copy the instance', () => {
    expect(JSON.stringify(first.Properties.SourceDBInstanceIdentifier)).toMatch(/"Ref":"Database[0-9A-F]{8}"/);
  });

  test('take the encryption of the instance, as RDS refuses to be told', () => {
    expect(first.Properties).not.toHaveProperty('StorageEncrypted');
    expect(first.Properties).not.toHaveProperty('KmsKeyId');
  });

  test('have the parameters and the group of the instance', () => {
    const source = theResource(template, INSTANCE, /^Database[0-9A-F]{8}$/).Properties;
    expect(first.Properties).toMatchObject({
      DBParameterGroupName: source.DBParameterGroupName,
      VPCSecurityGroups: source.VPCSecurityGroups,
      DBInstanceClass: source.DBInstanceClass,
    });
  });

  test('have no password of their own', () => {
    expect(first.Properties).not.toHaveProperty('MasterUserPassword');
  });

  test.each(['postgresql', 'upgrade'])('have log groups of their own for %s', (name) => {
    const { 'Fn::Join': joined } = first.Properties.DBInstanceIdentifier as { 'Fn::Join': [string, [string, unknown]] };
    const [, parts] = joined;

    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: { 'Fn::Join': ['', ['/aws/rds/instance/' + parts[0], parts[1], `/${name}`]] },
      RetentionInDays: 30,
    });
  });

  test('keep the instance and the first one as they are when there are more', () => {
    const idsWith = (readReplicas: number) => Object.keys(resourcesOf(databaseTemplate({ readReplicas })));
    expect(idsWith(3)).toEqual(expect.arrayContaining(idsWith(1)));
  });
});

describe('a replica in another region', () => {
  const sourceArn = 'arn:aws:rds:eu-central-1:111111111111:db:production-data-database';

  function replica(props: Partial<VectorDatabaseReplicaProps> = {}, context = NO_FLAGS) {
    const stack = new Stack(new App({ context }), 'Stack', { env: { account: '111111111111', region: 'eu-west-1' } });
    const { vpc } = new Network(stack, 'Network');
    return { stack, replica: new VectorDatabaseReplica(stack, 'Database', { vpc, sourceArn, ...props }) };
  }
  const template = Template.fromStack(replica().stack);

  test('copies the instance of that ARN', () => {
    template.hasResourceProperties(INSTANCE, { SourceDBInstanceIdentifier: sourceArn, SourceRegion: 'eu-central-1' });
  });

  test('is encrypted under a key of its own region', () => {
    template.hasResourceProperties(INSTANCE, { KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DatabaseKey'), 'Arn'] } });
  });

  test('has a standby in another zone', () => {
    template.hasResourceProperties(INSTANCE, { MultiAZ: true });
  });

  test('admits the wearers of a client group of its own', () => {
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('AccessClients'), 'GroupId'] },
      FromPort: 5432,
    });
  });

  test('is made with no secret', () => {
    template.resourceCountIs('AWS::SecretsManager::Secret', 0);
  });

  test('is kept when it is removed', () => {
    template.hasResource(INSTANCE, { DeletionPolicy: 'RetainExceptOnCreate', Properties: { DeletionProtection: true } });
  });

  test.each([
    ['no flag', NO_FLAGS],
    ['every flag', ALL_FLAGS],
  ])('is logged in to under its own resource id with %s', (_, context) => {
    const { stack, replica: made } = replica({}, context);
    made.grantConnect(new ManagedRole(stack, 'App', { assumedBy: new iam.AccountRootPrincipal() }), 'application');
    const [{ Resource: arn }] = (
      theResource(Template.fromStack(stack), 'AWS::IAM::ManagedPolicy', /^App/).Properties.PolicyDocument as Policy
    ).Statement;
    expect(JSON.stringify(arn)).toMatch(
      /:rds-db:eu-west-1:111111111111:dbuser:",{"Fn::GetAtt":\["Database[0-9A-F]{8}","DbiResourceId"\]},"\/application"/,
    );
  });

  test.each([
    ['database', 'sourceArn must be the ARN of an RDS instance, got database; take instance.instanceArn of the VectorDatabase'],
    [
      'arn:aws:rds:eu-west-1:111111111111:db:database',
      'sourceArn must be of another region, got eu-west-1; use readReplicas of the VectorDatabase within one region',
    ],
  ])('refuses to copy %s', (given, message) => {
    expect(() => replica({ sourceArn: given })).toThrow(`Stack/Database: ${message}`);
  });
});
