export { isPublicAddress } from './addresses';
export * from './errors';
export { headerFault } from './headers';
export { type Answer, type DnsOptions, dnsResolve, type Resolve } from './resolve';
export { SafeFetch } from './safe-fetch';
export type { SafeFetchOptions, SafePost, SafeResponse } from './types';
export { type UrlFault, UrlRules, type UrlRulesOptions } from './url-rules';
