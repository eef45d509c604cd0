import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Login, parseLogin } from '../shared/database-login';

/** The administrator's login as it is now. */
export async function administrator(client: Pick<SecretsManagerClient, 'send'>, secretArn: string): Promise<Login> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
  if (!SecretString) throw new Error(`secret ${secretArn} must have a value, got none; deploy the database first`);
  return parseLogin(SecretString);
}
