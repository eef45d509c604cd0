import { ValkeyCacheStore } from 'plinth-runtime/cache';
import { systemClock } from 'plinth-runtime/resilience';
import { describeWithRedis, RedisServer, until } from '../../support/redis';

describeWithRedis('ValkeyCacheStore and the loss of a primary', () => {
  let primary: RedisServer;
  let replica: RedisServer;
  let store: ValkeyCacheStore;

  beforeAll(async () => {
    [primary, replica] = await Promise.all([RedisServer.start({ cluster: true }), RedisServer.start({ cluster: true })]);
    await primary.command('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await replica.meet(primary);
    const id = String(await primary.command('CLUSTER', 'MYID'));
    await until(async () => String(await replica.command('CLUSTER', 'NODES')).includes(`${id} 127.0.0.1`));
    await until(() =>
      replica.command('CLUSTER', 'REPLICATE', id).then(
        () => true,
        () => false,
      ),
    );
    await until(async () => String(await replica.command('INFO', 'replication')).includes('master_link_status:up'));
    await until(async () => String(await primary.command('CLUSTER', 'INFO')).includes('cluster_state:ok'));
    // A replica that has replicated nothing is not told to clients.
    await primary.command('SET', 'seed', 'x');
    await until(async () => JSON.stringify(await primary.command('CLUSTER', 'SLOTS')).includes(String(replica.port)));
    store = ValkeyCacheStore.open(
      { host: '127.0.0.1', port: primary.port, cluster: true, tls: false, timeoutMs: 500 },
      { clock: systemClock },
    );
    await until(() => store.available);
  }, 20_000);

  afterAll(async () => {
    await store?.close();
    await Promise.all([primary.stop(), replica.stop()]);
  });

  it('REC-3.10 reads and writes again in under 30 s once the replica is promoted', async () => {
    await store.set('before', Buffer.from('kept'), 60_000);
    await until(async () => (await replica.command('DBSIZE')) === 2);
    await primary.stop();
    const began = performance.now();
    await replica.command('CLUSTER', 'FAILOVER', 'TAKEOVER');
    await until(() =>
      store.set('after', Buffer.from('new'), 60_000).then(
        () => true,
        () => false,
      ),
    );
    const took = performance.now() - began;
    expect([String(await store.get('before')), String(await store.get('after'))]).toEqual(['kept', 'new']);
    expect(took).toBeLessThan(30_000);
  }, 30_000);
});
