export * from './backup';
export * from './cache';
export * from './data-protection';
export * from './database';
export * from './secrets';
export * from './storage';
