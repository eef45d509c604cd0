export type { BackupCopies } from './backup-copies';
export type { CacheSizing } from './data-sizing';
export * from './platform-props';
export * from './platform-stage';
export * from './production-platform';
export * from './stage-settings';
export * from './stage-sizing';
