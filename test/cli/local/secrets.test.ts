import { DescribeSecretCommand, GetSecretValueCommand, ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import fc from 'fast-check';
import { Reference } from '../../../lib/assembly';
import { Functions } from '../../../cli/src/local/function/functions';
import { StageModel } from '../../../cli/src/local/model/stage-model';
import { AwsEndpoint } from '../../../cli/src/local/secrets/endpoint';
import { generateSecretString } from '../../../cli/src/local/secrets/generate';
import { LocalKms } from '../../../cli/src/local/secrets/local-kms';
import { SecretStore } from '../../../cli/src/local/secrets/secret-store';

/** Draws that repeat. */
function draws(seed = 1): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state % limit;
  };
}

const template = {
  Resources: {
    Key: {
      Type: 'AWS::SecretsManager::Secret',
      Properties: {
        Description: 'a key',
        GenerateSecretString: {
          SecretStringTemplate: '{"placeholder":true}',
          GenerateStringKey: 'apiKey',
          PasswordLength: 20,
          ExcludePunctuation: true,
        },
      },
    },
    Named: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'team/named', SecretString: 'literal' } },
    Empty: { Type: 'AWS::SecretsManager::Secret', Properties: {} },
  },
};

function store(): SecretStore {
  const stack = { id: 'Data', stackName: 'dev-Data', account: '111111111111', region: 'eu-west-1', file: '', template };
  return new SecretStore(new StageModel({ name: 'dev', stacks: [stack] }), draws());
}

const arn = (id: string) => store().of(new Reference('Data', id, 'Ref'))!.arn;

describe('generated values', () => {
  test('have 32 characters of every kind but spaces when nothing is said', () => {
    const value = generateSecretString({}, draws());

    expect(value).toHaveLength(32);
    for (const kind of [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z0-9 ]/]) expect(value).toMatch(kind);
    expect(value).not.toContain(' ');
  });

  test('stand in their template under their key', () => {
    const value = generateSecretString(
      { SecretStringTemplate: '{"username":"app"}', GenerateStringKey: 'password', PasswordLength: 12 },
      draws(),
    );

    expect(JSON.parse(value)).toEqual({ username: 'app', password: expect.stringMatching(/^.{12}$/) });
  });

  test('have the length and none of what is excluded, whatever is drawn', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 64 }), fc.integer({ min: 1, max: 2 ** 30 }), (PasswordLength, seed) => {
        const value = generateSecretString({ PasswordLength, ExcludePunctuation: true, ExcludeCharacters: 'abcXYZ123' }, draws(seed));
        return value.length === PasswordLength && /^[d-zA-W04-9]+$/.test(value);
      }),
      { seed: 7 },
    );
  });
});

describe('references to secrets', () => {
  test('name the whole value or one field of it', () => {
    const secrets = store();
    const whole = secrets.part(arn('Key'))!;

    expect(JSON.parse(whole)).toEqual({ placeholder: true, apiKey: expect.stringMatching(/^[a-zA-Z0-9]{20}$/) });
    expect(secrets.part(`${arn('Key')}:apiKey::`)).toBe((JSON.parse(whole) as { apiKey: string }).apiKey);
    expect(secrets.part(`${arn('Key')}:other::`)).toBeUndefined();
  });

  test('in texts are resolved as CloudFormation does', () => {
    const secrets = store();

    expect(secrets.resolved(`>{{resolve:secretsmanager:${arn('Named')}:SecretString}}<`)).toBe('>literal<');
    expect(secrets.resolved(`{{resolve:secretsmanager:${arn('Key')}:SecretString:placeholder::}}`)).toBe('true');
    expect(secrets.resolved('{{resolve:ssm:other}}')).toBe('{{resolve:ssm:other}}');
  });

  test('are the same from run to run', () => {
    expect(arn('Key')).toBe(arn('Key'));
    expect(arn('Named')).toMatch(/^arn:aws:secretsmanager:eu-west-1:111111111111:secret:team\/named-\w{6}$/);
  });
});

describe('the endpoint', () => {
  const refused: string[] = [];
  const endpoint = new AwsEndpoint(store(), new LocalKms(), new Functions(), (call) => void refused.push(call));
  let client: SecretsManagerClient;

  beforeAll(async () => {
    await endpoint.start();
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    client = new SecretsManagerClient({ endpoint: endpoint.url, region: 'eu-west-1', credentials });
  });
  afterAll(async () => {
    client.destroy();
    await endpoint.stop();
  });

  test.each(['team/named', arn('Named'), arn('Named').replace(/-\w{6}$/, '')])('gives a value by %s', async (SecretId) => {
    expect(await client.send(new GetSecretValueCommand({ SecretId }))).toMatchObject({
      Name: 'team/named',
      SecretString: 'literal',
      VersionStages: ['AWSCURRENT'],
    });
  });

  test('describes a secret without its value', async () => {
    const described = await client.send(new DescribeSecretCommand({ SecretId: arn('Key') }));

    expect(described).toMatchObject({ ARN: arn('Key'), Description: 'a key' });
    expect(described).not.toHaveProperty('SecretString');
  });

  test.each([
    [{ SecretId: 'none' }, "Secrets Manager can't find the specified secret."],
    [{ SecretId: arn('Empty') }, "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT"],
    [
      { SecretId: arn('Named'), VersionStage: 'AWSPREVIOUS' },
      "Secrets Manager can't find the specified secret value for staging label: AWSPREVIOUS",
    ],
  ])('does not find %j', async (input, message) => {
    await expect(client.send(new GetSecretValueCommand(input))).rejects.toMatchObject({ name: 'ResourceNotFoundException', message });
  });

  test('refuses every other call and tells which', async () => {
    await expect(client.send(new ListSecretsCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: 'nothing local stands for secretsmanager.ListSecrets',
    });
    expect(refused).toEqual(['secretsmanager.ListSecrets']);
  });
});
