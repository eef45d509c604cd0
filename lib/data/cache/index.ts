export * from './cache-alarms';
export * from './durability';
export * from './limiter-store';
export * from './result-cache';
export * from './valkey-store';
