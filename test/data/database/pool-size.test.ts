import fc from 'fast-check';
import { poolSize } from '../../../lib/data/database/pool-size';

test.each([
  [250, 10, 11],
  [500, 20, 11],
  [500, 10, 23],
  [200, 8, 10],
  [500, 4, 50],
  [500, 1, 50],
])('of %d connections and %d tasks at most is %d', (maxConnections, maxTasks, size) => {
  expect(poolSize(maxConnections, maxTasks)).toBe(size);
});

test('leaves 30 connections over while an old and a new version run side by side', () => {
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 500 }), fc.integer({ min: 1, max: 8 }), (maxConnections, maxTasks) => {
      expect(2 * maxTasks * poolSize(maxConnections, maxTasks)).toBeLessThanOrEqual(maxConnections - 30);
    }),
  );
});

test('is 10 to 50, or an error', () => {
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 500 }), fc.integer({ min: 1, max: 8 }), (maxConnections, maxTasks) => {
      expect(poolSize(maxConnections, maxTasks)).toBeGreaterThanOrEqual(10);
      expect(poolSize(maxConnections, maxTasks)).toBeLessThanOrEqual(50);
    }),
  );
});

test.each([
  [
    250,
    12,
    'poolSize: maxTasks must be at most 11 for 250 connections, got 12, which leaves 9 connections a task of 10; raise maxConnections, lower maxTasks, or put RDS Proxy between',
  ],
  [500, 24, 'poolSize: maxTasks must be at most 23 for 500 connections, got 24, which leaves 9 connections a task of 10'],
  [200, 100, 'poolSize: maxTasks must be at most 8 for 200 connections, got 100, which leaves 0 connections a task of 10'],
])('refuses %d connections for %d tasks', (maxConnections, maxTasks, message) => {
  expect(() => poolSize(maxConnections, maxTasks)).toThrow(message);
});
