export * from './access';
export * from './conformance';
export * from './data';
export * from './gateway';
export * from './jobs';
export * from './network';
export * from './platform';
export * from './service';
