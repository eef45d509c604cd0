import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type InternalKeys, internalKeys } from 'plinth-runtime/jobs';

const FRESH_MS = 5 * 60_000;

/** The internal key from its secret, read again after five minutes: it rotates. A failed read is not kept. */
export class SecretInternalKeys {
  private read: { readonly at: number; readonly keys: Promise<InternalKeys> } | undefined;

  constructor(
    private readonly client: Pick<SecretsManagerClient, 'send'>,
    private readonly secretArn: string,
    private readonly now: () => number,
  ) {}

  get(): Promise<InternalKeys> {
    if (this.read && this.now() - this.read.at < FRESH_MS) return this.read.keys;
    const keys = this.fetch();
    this.read = { at: this.now(), keys };
    keys.catch(() => (this.read = undefined));
    return keys;
  }

  private async fetch(): Promise<InternalKeys> {
    const { SecretString } = await this.client.send(new GetSecretValueCommand({ SecretId: this.secretArn }));
    return internalKeys(SecretString);
  }
}
