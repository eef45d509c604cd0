export * from './deploy-rules';
