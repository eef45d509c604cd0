export * from './api-key-alarms';
export * from './api-key-store';
export * from './api-keys';
