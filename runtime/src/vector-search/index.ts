export { vectorAnalytics } from './analytics';
export * from './errors';
export { vectorTable } from './table';
export * from './types';
export { VectorSearch, type VectorSearchOptions } from './vector-search';
