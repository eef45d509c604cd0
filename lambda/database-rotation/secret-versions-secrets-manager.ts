import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { SecretVersions } from './rotate';
import type { Versions } from './version-standing';

/** The versions of a secret in AWS Secrets Manager. */
export class SecretsManagerVersions implements SecretVersions {
  constructor(private readonly client: Pick<SecretsManagerClient, 'send'>) {}

  async list(secretId: string): Promise<Versions> {
    const { VersionIdsToStages = {} } = await this.client.send(new DescribeSecretCommand({ SecretId: secretId }));
    return new Map(Object.entries(VersionIdsToStages));
  }

  async read(secretId: string, { stage, token }: { stage: string; token?: string }): Promise<string | undefined> {
    try {
      const version = new GetSecretValueCommand({ SecretId: secretId, VersionStage: stage, VersionId: token });
      const { SecretString } = await this.client.send(version);
      return SecretString;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  async writePending(secretId: string, token: string, value: string): Promise<void> {
    try {
      await this.client.send(
        new PutSecretValueCommand({ SecretId: secretId, ClientRequestToken: token, SecretString: value, VersionStages: ['AWSPENDING'] }),
      );
    } catch (error) {
      // Another run of this step was quicker; its password stands.
      if (!(error instanceof ResourceExistsException)) throw error;
    }
  }

  async promote(secretId: string, { from, to }: { from: string; to: string }): Promise<void> {
    await this.client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: secretId,
        VersionStage: 'AWSCURRENT',
        RemoveFromVersionId: from,
        MoveToVersionId: to,
      }),
    );
  }
}
