export * from './cache-config';
export * from './cache-key';
export * from './cache-store';
export * from './memory-cache-store';
export * from './open-cache-store';
export * from './response-cache';
export * from './session-store';
export * from './valkey-cache-store';
