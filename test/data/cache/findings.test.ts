import { App, Stack } from 'aws-cdk-lib';
import { CacheAlarms, Durability, LimiterStore, ResultCache } from '../../../lib/data/cache';
import { DataProtection } from '../../../lib/data/data-protection';
import { ALL_FLAGS, NO_FLAGS } from '../../support/feature-flags';
import { findingsOf } from '../../support/findings';
import { Network } from '../../../lib/network';

const SUBJECTS: { readonly [name: string]: (stack: Stack) => void } = {
  'both stores': (stack) => {
    const vpc = new Network(stack, 'Network').vpc;
    const alarms = CacheAlarms.of(new ResultCache(stack, 'Results', { vpc }));
    alarms.addEvictions();
    alarms.addEngineCpu();
    CacheAlarms.of(new LimiterStore(stack, 'Limits', { vpc })).addMemory();
  },
  'a disposable pair of single nodes': (stack) => {
    const vpc = new Network(stack, 'Network').vpc;
    const protection = DataProtection.disposable();
    new ResultCache(stack, 'Results', { vpc, nodeType: 'cache.t4g.small', replicas: 0, protection });
    new LimiterStore(stack, 'Limits', { vpc, nodeType: 'cache.t4g.micro', replicas: 0, protection });
  },
  'a durable cache': (stack) => {
    const vpc = new Network(stack, 'Network').vpc;
    new ResultCache(stack, 'Results', { vpc, nodeType: 'cache.m7g.large', shards: 2, durability: Durability.synchronousLog() });
  },
};

describe.each(Object.entries(SUBJECTS))('%s', (_, make) => {
  describe.each([
    ['no feature flag', NO_FLAGS],
    ['every feature flag', ALL_FLAGS],
  ])('with %s', (_flags, context) => {
    const app = new App({ context });
    make(new Stack(app, 'Stack'));
    const { open, acknowledged } = findingsOf(app);

    test('has no finding', () => {
      expect(open).toEqual([]);
    });

    test('accepts findings by the table of families alone', () => {
      expect(acknowledged.filter(({ family }) => family === undefined)).toEqual([]);
    });
  });
});
