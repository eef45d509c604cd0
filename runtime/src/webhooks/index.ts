export * from './bulk-task';
export * from './delivery';
export * from './endpoint';
export * from './gate';
export * from './message';
export * from './webhook-messages';
export * from './webhook-store';
