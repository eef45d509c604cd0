export * from './egress-vpc';
export * from './network';
