export * from './content-bucket';
