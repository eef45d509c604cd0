export type { Edited } from './edit-endpoint';
export * from './endpoint-draft';
export type { RevealedSecret } from './endpoint-keys';
export { implicitId } from './implicit-endpoint';
export * from './webhook-endpoints';
