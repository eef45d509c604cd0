import { FREE } from '../../../cli/src/cost/free';
import { cacheNodePrice, DATABASE_INSTANCES } from '../../../cli/src/cost/instance-prices';
import { PRICERS } from '../../../cli/src/cost/pricers';
import { PRICES } from '../../../cli/src/cost/prices';

const ALL = Object.entries({ ...PRICES, ...DATABASE_INSTANCES, valkey: cacheNodePrice('valkey', 'cache.t4g.medium')! });

test.each(ALL)('the price of %s has a region, a source and a date', (_, price) => {
  expect(price).toMatchObject({
    region: 'us-east-1',
    source: expect.stringMatching(/\w/),
    date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
  });
});

test.each(ALL)('the price of %s is verified or says that it is not', (_, { source, unverified }) => {
  expect(unverified === true).toBe(source === 'no source read');
});

test('Valkey is a fifth under Redis on the same node', () => {
  expect([cacheNodePrice('redis', 'cache.t4g.medium')?.usd, cacheNodePrice('valkey', 'cache.t4g.medium')?.usd]).toEqual([0.065, 0.052]);
});

test('no type is both priced and free', () => {
  expect(Object.keys(PRICERS).filter((type) => Object.hasOwn(FREE, type))).toEqual([]);
});
