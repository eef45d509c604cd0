/** Signs as Standard Webhooks does: what `plinth-runtime/signing` exports under these names. */
export interface WebhookSigner {
  /** The key that the text of a secret (`whsec_...`) or of a private key (`whsk_...`) is. */
  signingKey(kid: string, text: string): object;
  webhookHeaders(
    message: { readonly id: string; readonly timestamp: number; readonly body: Uint8Array },
    keys: readonly object[],
    options: { readonly signatureHeader?: string },
  ): { readonly [name: string]: string };
}
