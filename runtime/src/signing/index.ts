export type { DataKeyLimits } from './data-key-cache';
export * from './data-keys';
export * from './envelope-sealer';
export * from './errors';
export * from './jwks';
export * from './key-pair';
export type { ReceivedHeaders } from './received';
export * from './secrets';
export * from './seen-store';
export {
  type SigningKey,
  type WebhookHeaderOptions,
  type WebhookHeaders,
  type WebhookMessage,
  signatures,
  signingKey,
  webhookHeaders,
} from './signatures';
export * from './webhook-verifier';
