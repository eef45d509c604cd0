export * from './webhook-alarms';
export * from './webhook-delivery';
export * from './webhook-options';
export { WebhookQueues, type WebhookQueuesProps } from './webhook-queues';
export * from './webhook-store';
