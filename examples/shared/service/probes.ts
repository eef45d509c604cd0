import type { CacheStore } from 'plinth-runtime/cache';
import type { Database } from 'plinth-runtime/database';
import type { SharedEmbedder } from 'plinth-runtime/provider';
import type { Check, Probe } from './health';

const LOOK_WITHIN_MS = 1_000;

/** Whether the database answers, and what is left when it does not. */
export function databaseProbe(database: Pick<Database, 'ping'>, left = 'cached answers only'): Probe {
  return {
    name: 'database:connection',
    look: () => answered(database.ping(AbortSignal.timeout(LOOK_WITHIN_MS)), `the database does not answer: ${left}`),
  };
}

/** Whether the cache answers, and what is left when it does not. */
export function cacheProbe(store: Pick<CacheStore, 'get'>, left: string): Probe {
  return {
    name: 'cache:connection',
    look: () => answered(store.get('readiness'), `the cache does not answer: ${left}`),
  };
}

/** Whether the provider has a key and answers; without a key, texts are compared by their words. */
export function providerProbe(embedder: Pick<SharedEmbedder, 'health'>): Probe {
  return {
    name: 'provider:embeddings',
    look: async () => {
      const { status, reason } = embedder.health();
      return status === 'ok' ? { status: 'pass' } : { status: 'warn', output: reason };
    },
  };
}

async function answered(question: Promise<unknown>, otherwise: string): Promise<Check> {
  try {
    await question;
    return { status: 'pass' };
  } catch {
    return { status: 'warn', output: otherwise };
  }
}
