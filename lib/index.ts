export * from './gateway';
export * from './network';
export * from './platform';
export * from './service';
