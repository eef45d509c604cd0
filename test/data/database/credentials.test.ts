import { Template, Match } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { ManagedRole } from '../../../lib/governance/managed-role';
import { database, databaseTemplate, resourcesOf, theResource } from './builder';

const template = databaseTemplate();
const attachment = { Ref: Match.stringLikeRegexp('SecretAttachment') };

type Statement = { readonly Action: string | string[]; readonly Resource: unknown; readonly Condition?: unknown; readonly Effect: string };

function statementsOf(of: Template, id: RegExp): Statement[] {
  const policies = Object.entries(resourcesOf(of)).filter(([name, { Type }]) => Type === 'AWS::IAM::ManagedPolicy' && id.test(name));
  return policies.flatMap(([, { Properties }]) => (Properties.PolicyDocument as { Statement: Statement[] }).Statement);
}

describe('the secret', () => {
  test('holds a generated password of letters and digits', () => {
    template.hasResourceProperties('AWS::SecretsManager::Secret', {
      GenerateSecretString: {
        SecretStringTemplate: '{"username":"administrator"}',
        GenerateStringKey: 'password',
        PasswordLength: 40,
        ExcludePunctuation: true,
      },
    });
  });

  test('is encrypted under the key of the database', () => {
    template.hasResourceProperties('AWS::SecretsManager::Secret', {
      KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DatabaseKey'), 'Arn'] },
    });
  });

  test('is told where the database is', () => {
    template.hasResourceProperties('AWS::SecretsManager::SecretTargetAttachment', { TargetType: 'AWS::RDS::DBInstance' });
  });

  test('is ours and not one that RDS manages, which has no replicas', () => {
    expect(theResource(template, 'AWS::RDS::DBInstance').Properties).not.toHaveProperty('ManageMasterUserPassword');
  });

  test('rotates every 30 days, once it knows where the database is', () => {
    template.hasResourceProperties('AWS::SecretsManager::RotationSchedule', {
      SecretId: attachment,
      RotationRules: { AutomaticallyAfterDays: 30 },
    });
  });

  test('rotates for the first time when it is deployed, so that a fault shows then', () => {
    expect(theResource(template, 'AWS::SecretsManager::RotationSchedule').Properties).not.toHaveProperty('RotateImmediatelyOnUpdate');
  });

  test('rotates by a function of ours', () => {
    template.hasResourceProperties('AWS::SecretsManager::RotationSchedule', {
      RotationLambdaARN: { 'Fn::GetAtt': [Match.stringLikeRegexp('RotationFunction'), 'Arn'] },
    });
  });

  test('begins to rotate only when its function may reach the database', () => {
    expect(theResource(template, 'AWS::SecretsManager::RotationSchedule').DependsOn).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/AccessFromClients/),
        expect.stringMatching(/AccessToDatabase/),
        expect.stringMatching(/RotationFunctionRolePermissions/),
        expect.stringMatching(/RotationFunctionSecretsManager/),
      ]),
    );
  });
});

describe('the function', () => {
  test('is called by Secrets Manager for that secret alone', () => {
    const callers = Object.values(template.findResources('AWS::Lambda::Permission')).filter(({ Properties }) =>
      JSON.stringify(Properties.FunctionName).includes('Rotation'),
    );

    expect(callers).toHaveLength(1);
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      Principal: 'secretsmanager.amazonaws.com',
      SourceArn: attachment,
    });
  });

  test('may read and write that secret alone', () => {
    const statements = statementsOf(template, /Rotation/).filter(({ Action }) =>
      [Action].flat().some((action) => action.startsWith('secretsmanager:')),
    );
    expect(statements).toHaveLength(1);
    expect(statements[0]).toEqual({
      Effect: 'Allow',
      Action: ['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'].map(
        (action) => `secretsmanager:${action}`,
      ),
      Resource: { Ref: expect.stringContaining('SecretAttachment') },
    });
  });

  test('may use the key through Secrets Manager alone', () => {
    const statements = statementsOf(template, /Rotation/).filter(({ Action }) => [Action].flat().includes('kms:Decrypt'));
    const [statement] = statements;
    expect(statements).toHaveLength(1);
    expect(JSON.stringify(statement.Resource)).toContain('DatabaseKey');
    expect(statement.Action).toEqual(['kms:Decrypt', 'kms:GenerateDataKey']);
    expect(statement.Condition).toEqual({
      StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['secretsmanager.', { Ref: 'AWS::Region' }, '.amazonaws.com']] } },
    });
  });

  test('has longer than its attempts to connect take', () => {
    expect(theResource(template, 'AWS::Lambda::Function', /Rotation/).Properties.Timeout).toBe(60);
  });
});

describe('a database user', () => {
  const { stack, database: made } = database({ readReplicas: 1 });
  const role = new ManagedRole(stack, 'App', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  made.grantConnect(role, 'application');
  const [{ Action, Resource }] = statementsOf(Template.fromStack(stack), /^App/);

  test('may be used by IAM in place of a password', () => {
    Template.fromStack(stack).allResourcesProperties('AWS::RDS::DBInstance', { EnableIAMDatabaseAuthentication: true });
  });

  test('is granted by connecting and nothing else', () => {
    expect(Action).toBe('rds-db:connect');
  });

  test('is granted under that name, on the instance and on each replica', () => {
    const arn = (id: string) => ({
      'Fn::Join': [
        '',
        [
          'arn:',
          { Ref: 'AWS::Partition' },
          ':rds-db:',
          { Ref: 'AWS::Region' },
          ':',
          { Ref: 'AWS::AccountId' },
          ':dbuser:',
          { 'Fn::GetAtt': [expect.stringMatching(id), 'DbiResourceId'] },
          '/application',
        ],
      ],
    });
    expect(Resource).toEqual([arn('^Database[0-9A-F]{8}$'), arn('^DatabaseReplica1')]);
  });

  test.each(['', 'app user', '*', 'a/b'])('cannot be called "%s"', (name) => {
    expect(() => made.grantConnect(role, name)).toThrow(
      `Stack/Database: databaseUser must be the name of one user, got ${name}; write it as in CREATE ROLE`,
    );
  });
});
