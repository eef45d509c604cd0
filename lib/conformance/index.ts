export * from './conformance';
export * from './demand';
export * from './deploy-rules';
