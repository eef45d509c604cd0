import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What a call of KMS was answered with: its output, or the name of its error. */
export type KmsAnswer = { readonly output: object; readonly error?: undefined } | { readonly error: string };

interface Input {
  readonly KeyId?: string;
  readonly EncryptionContext?: { readonly [name: string]: string };
  readonly CiphertextBlob?: string;
}

/** Data keys as KMS makes and opens them, under one master key for every key of the stage. */
export class LocalKms {
  private readonly master: Buffer;

  /** @param file where the master key stays; it goes with the run by default */
  constructor(file?: string) {
    const isKept = file !== undefined && existsSync(file);
    this.master = isKept ? Buffer.from(readFileSync(file, 'utf8'), 'base64') : randomBytes(KEY_BYTES);
    if (file !== undefined && !isKept) writeFileSync(file, this.master.toString('base64'), { mode: 0o600 });
  }

  /** Nothing for an operation that is not here. */
  answer(operation: string, input: Input): KmsAnswer | undefined {
    if (operation === 'GenerateDataKey') return { output: this.generate(input) };
    if (operation === 'Decrypt') return this.decrypt(input);
    return undefined;
  }

  private generate(input: Input): object {
    const plain = randomBytes(KEY_BYTES);
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.master, nonce, { authTagLength: TAG_BYTES }).setAAD(contextOf(input));
    const wrapped = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    return { KeyId: input.KeyId, Plaintext: plain.toString('base64'), CiphertextBlob: wrapped.toString('base64') };
  }

  private decrypt(input: Input): KmsAnswer {
    const wrapped = Buffer.from(input.CiphertextBlob ?? '', 'base64');
    if (wrapped.length <= NONCE_BYTES + TAG_BYTES) return { error: 'InvalidCiphertextException' };
    const decipher = createDecipheriv('aes-256-gcm', this.master, wrapped.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(contextOf(input))
      .setAuthTag(wrapped.subarray(-TAG_BYTES));
    try {
      const plain = Buffer.concat([decipher.update(wrapped.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
      return { output: { KeyId: input.KeyId, Plaintext: plain.toString('base64'), EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' } };
    } catch {
      return { error: 'InvalidCiphertextException' };
    }
  }
}

/** The key and the context it was made with: both must be the same when it is opened. */
function contextOf({ KeyId = '', EncryptionContext = {} }: Input): Buffer {
  const pairs = Object.entries(EncryptionContext).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Buffer.from(JSON.stringify([KeyId, pairs]));
}
