export * from './backups';
export * from './vault-lock';
