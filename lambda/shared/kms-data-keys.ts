import { type DataKey, type DataKeys, SealError } from 'plinth-runtime/signing';
import { type AwsAccess, signedFetch } from './signed-fetch';

const CALL_TIMEOUT_MS = 3_000;
const TRIES = 3;
/** What KMS says of a wrapped key that is not of this key and context, at each try. */
const UNREADABLE = /(InvalidCiphertextException|IncorrectKeyException)$/;

interface Answer {
  readonly Plaintext?: string;
  readonly CiphertextBlob?: string;
  readonly __type?: string;
}

export interface KmsDataKeysOptions {
  /** The ARN of the key. */
  readonly keyId: string;
  /** Authenticated with each data key, seen in the trail, and what a policy can ask for. The same at each call: data keys are shared. */
  readonly context: Readonly<Record<string, string>>;
}

/** Data keys that KMS makes and wraps; without the SDK's client, for which the bundles of functions have no room. */
export class KmsDataKeys implements DataKeys {
  private readonly url: URL;

  /** @param endpoint where KMS is emulated; the region's own else */
  constructor(
    private readonly options: KmsDataKeysOptions,
    private readonly access: AwsAccess,
    endpoint = `https://kms.${access.region}.amazonaws.com`,
  ) {
    this.url = new URL('/', endpoint);
  }

  async generate(): Promise<DataKey> {
    const { Plaintext, CiphertextBlob } = await this.call('GenerateDataKey', { KeySpec: 'AES_256' });
    return { plain: bytes(Plaintext, 'Plaintext'), wrapped: bytes(CiphertextBlob, 'CiphertextBlob') };
  }

  async unwrap(wrapped: Buffer): Promise<Buffer> {
    const { Plaintext } = await this.call('Decrypt', { CiphertextBlob: wrapped.toString('base64') });
    return bytes(Plaintext, 'Plaintext');
  }

  /** Faults of KMS and of the network are tried again at once: whoever waits has a message that comes again anyway. */
  private async call(action: string, fields: object): Promise<Answer> {
    const { keyId: KeyId, context: EncryptionContext } = this.options;
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${action}` };
    const body = JSON.stringify({ KeyId, EncryptionContext, ...fields });
    let fault: unknown;
    for (let tries = 0; tries < TRIES; tries += 1) {
      try {
        const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
        const response = await signedFetch({ service: 'kms', method: 'POST', url: this.url, headers, body, signal }, this.access);
        const answer = JSON.parse((await response.text()) || '{}') as Answer;
        if (response.ok) return answer;
        const { __type: type = `status ${response.status}` } = answer;
        if (UNREADABLE.test(type)) throw new SealError(`data key must be wrapped by ${KeyId} in its context, got another (${type})`);
        fault = new Error(`KMS: ${action} must answer 200, got ${response.status} (${type})`);
        if (response.status < 500 && !/Throttling/.test(type)) break;
      } catch (error) {
        if (error instanceof SealError) throw error;
        fault = error;
      }
    }
    throw fault;
  }
}

function bytes(value: string | undefined, name: string): Buffer {
  if (value === undefined) throw new Error(`KMS: an answer must have ${name}, got none`);
  return Buffer.from(value, 'base64');
}
