export * from './content-bucket';
export * from './content-replication';
