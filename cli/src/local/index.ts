export type { LocalEvent, Tell } from './events';
export { LocalFailure } from './failure';
export { type LocalOptions, type LocalPlatform, startLocal } from './start-local';
