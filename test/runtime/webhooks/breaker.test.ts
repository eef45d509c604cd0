import { START, Told } from './told-gate';

describe('the breaker', () => {
  test('opens at the fifth failure within 60 seconds', () => {
    const told = new Told();
    for (let at = 0; at < 4; at += 1) {
      told.post('failure');
      told.now += 14_000;
    }
    expect(told.state).toBe('closed');
    expect(told.post('failure').change).toBe('opened');
    expect(told.arrive()).toMatchObject({ type: 'refused', refusal: 'open' });
  });

  test('stays closed when the first of five is older than 60 seconds', () => {
    const told = new Told();
    for (let at = 0; at < 5; at += 1) {
      told.post('failure');
      told.now += 15_001;
    }
    expect(told.state).toBe('closed');
  });

  test('stays closed where successes outweigh failures', () => {
    const told = new Told();
    for (let at = 0; at < 1000; at += 1) told.post(at % 3 === 0 ? 'failure' : 'ok');
    expect(told.state).toBe('closed');
  });

  test('opens at once for a certificate that is refused', () => {
    const told = new Told();
    expect(told.post('trip').change).toBe('opened');
  });

  test('lets one probe through when its time has come, and no other until it ended', () => {
    const told = new Told();
    expect(told.halfOpen()).toMatchObject({ type: 'admitted', isProbe: true });
    expect(told.arrive()).toMatchObject({ type: 'refused', refusal: 'open' });
  });

  test('lets another probe through when the first was never heard of again', () => {
    const told = new Told();
    told.halfOpen();
    told.now += 25_000;
    expect(told.arrive()).toMatchObject({ type: 'admitted', isProbe: true });
  });

  test('probes twice as rarely with each failed probe, up to once an hour', () => {
    const told = new Told();
    told.open();
    const waits: number[] = [];
    for (let at = 0; at < 9; at += 1) {
      waits.push((told.gate.breaker.probeAt! - told.now) / 1000);
      told.now = told.gate.breaker.probeAt!;
      told.settle(told.arrive().token, 'failure');
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
  });

  test.each(['ok', 'failure', 'trip'] as const)(
    'learns from its probe alone: %s of what was sent before it opened changes nothing',
    (verdict) => {
      const told = new Told();
      const before = told.arrive();
      const probe = told.halfOpen();
      expect(told.settle(before.token, verdict).change).toBeUndefined();
      expect(told.state).toBe('half-open');
      expect(told.settle(probe.token, 'ok').change).toBe('closed');
    },
  );

  test('closes with the first answer to a probe, and begins slowly: 1, 2, 4, 8 and 10 in flight', () => {
    const told = new Told();
    const { token } = told.halfOpen();
    expect(told.settle(token, 'ok').change).toBe('closed');
    const rounds: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const admitted = [];
      for (let arrival = told.arrive(); arrival.type === 'admitted'; arrival = told.arrive()) admitted.push(arrival.token);
      rounds.push(admitted.length);
      for (const one of admitted) told.settle(one, 'ok');
    }
    expect(rounds).toEqual([2, 4, 8, 10, 10]);
  });

  test('an endpoint is said to fail for good only after probes failed', () => {
    const told = new Told();
    for (let at = 0; at < 5; at += 1) expect(told.post('failure').failingSince).toBeUndefined();
    told.now = told.gate.breaker.probeAt!;
    expect(told.settle(told.arrive().token, 'failure').failingSince).toBe(START);
  });
});
