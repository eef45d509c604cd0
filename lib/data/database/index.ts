export { type BackupReplication, type DatabaseBackups } from './database-backups';
export * from './database-bootstrap';
export * from './database-bootstrap-alarms';
export { type DatabaseSize } from './database-size';
export * from './database-storage-growth';
export * from './migrations';
export * from './vector-database';
export * from './vector-database-alarms';
export * from './vector-database-replica';
