export * from './database-bootstrap';
export { type BackupReplication, type DatabaseBackups } from './database-backups';
export { type DatabaseSize } from './database-size';
export * from './migrations';
export * from './vector-database';
export * from './vector-database-alarms';
export * from './vector-database-replica';
