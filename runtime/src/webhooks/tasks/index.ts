export type { PurgedMessage } from './purge-message';
export * from './webhook-tasks';
