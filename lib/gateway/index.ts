export * from './gateway-image';
export * from './ingress';
export * from './route';
