export type { JobEvents, JobKind, JobRetry } from './job-kind';
export * from './job-options';
export { JobProcessor } from './job-processor';
export * from './job-queue';
export * from './job-queue-alarms';
export * from './job-scaling';
export * from './job-store';
export * from './job-worker';
