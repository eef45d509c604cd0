import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Login, parseLogin } from '../shared/database-login';
import { checkTls, type Tls } from './tls';

/** The administrator's login as it is now, if its password may be sent to where it says. */
export async function administrator(client: Pick<SecretsManagerClient, 'send'>, secretArn: string, tls: Tls): Promise<Login> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
  if (!SecretString) throw new Error(`secret ${secretArn} must have a value, got none; deploy the database first`);
  const login = parseLogin(SecretString);
  checkTls(tls, login.host);
  return login;
}
