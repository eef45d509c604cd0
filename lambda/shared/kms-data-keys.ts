import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { type DataKey, type DataKeys, SealError } from 'plinth-runtime/signing';

export interface KmsDataKeysOptions {
  /** The ARN of the key. */
  readonly keyId: string;
  /** Authenticated with each data key, seen in the trail, and what a policy can ask for. The same at each call: data keys are shared. */
  readonly context: Readonly<Record<string, string>>;
}

/** What KMS says of a wrapped key that is not of this key and context, at each try. */
const UNREADABLE = new Set(['InvalidCiphertextException', 'IncorrectKeyException']);

/** Data keys that KMS makes and wraps. */
export class KmsDataKeys implements DataKeys {
  constructor(
    private readonly client: Pick<KMSClient, 'send'>,
    private readonly options: KmsDataKeysOptions,
  ) {}

  async generate(): Promise<DataKey> {
    const { keyId: KeyId, context: EncryptionContext } = this.options;
    const answer = await this.client.send(new GenerateDataKeyCommand({ KeyId, EncryptionContext, KeySpec: 'AES_256' }));
    return { plain: bytes(answer.Plaintext, 'Plaintext'), wrapped: bytes(answer.CiphertextBlob, 'CiphertextBlob') };
  }

  async unwrap(wrapped: Buffer): Promise<Buffer> {
    const { keyId: KeyId, context: EncryptionContext } = this.options;
    try {
      const answer = await this.client.send(new DecryptCommand({ KeyId, EncryptionContext, CiphertextBlob: wrapped }));
      return bytes(answer.Plaintext, 'Plaintext');
    } catch (error) {
      if (!(error instanceof Error) || !UNREADABLE.has(error.name)) throw error;
      throw new SealError(`data key must be wrapped by ${this.options.keyId} in its context, got another (${error.name})`, {
        cause: error,
      });
    }
  }
}

function bytes(value: Uint8Array | undefined, name: string): Buffer {
  if (value === undefined) throw new Error(`KMS: an answer must have ${name}, got none`);
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}
