export { vectorAnalytics } from './analytics';
export { type VectorBreakerOptions, withBreakers } from './breakers';
export * from './errors';
export { vectorTable } from './table';
export * from './types';
export { VectorSearch, type VectorSearchOptions } from './vector-search';
