export * from './config';
export { Database, type DatabaseDependencies } from './database';
export type { Queryable, QueryOptions } from './endpoint';
export * from './errors';
export type { PoolMetrics, ServerMetrics, Timing } from './metrics';
export type { TokenProvider } from './tokens';
