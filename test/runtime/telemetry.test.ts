import { type AccessEntry, AccessLines, createLogger, HexIds, logLevel, requestIdOf, traceContextOf } from 'plinth-runtime';

const ids = () => new HexIds((pool) => pool.fill(0xab));
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const NEW = 'ab'.repeat(16);

describe('the trace of a request', () => {
  it.each([
    ['a traceparent', `00-${TRACE}-00f067aa0ba902b7-01`, undefined, TRACE],
    ['a traceparent over the load balancer', `00-${TRACE}-00f067aa0ba902b7-01`, `Root=1-${'1'.repeat(8)}-${'2'.repeat(24)}`, TRACE],
    ['a later version with more fields', `01-${TRACE}-00f067aa0ba902b7-01-more`, undefined, TRACE],
    [
      'the root of the load balancer',
      undefined,
      `Self=1-a-b;Root=1-${'1'.repeat(8)}-${'2'.repeat(24)};Sampled=1`,
      '1'.repeat(8) + '2'.repeat(24),
    ],
    ['nothing', undefined, undefined, NEW],
    ['version 00 with more fields', `00-${TRACE}-00f067aa0ba902b7-01-more`, undefined, NEW],
    ['version ff', `ff-${TRACE}-00f067aa0ba902b7-01`, undefined, NEW],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, undefined, NEW],
    ['a parent id of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`, undefined, NEW],
    ['capitals', `00-${TRACE.toUpperCase()}-00f067aa0ba902b7-01`, undefined, NEW],
    ['a malformed root', undefined, 'Root=1-xyz', NEW],
  ])('comes from %s', (_name, traceparent, amzn, expected) => {
    expect(traceContextOf(traceparent, amzn, ids()).traceId).toBe(expected);
  });

  it('keeps the caller flags and names the gateway as parent', () => {
    expect(traceContextOf(`00-${TRACE}-00f067aa0ba902b7-00`, undefined, ids()).traceparent).toBe(`00-${TRACE}-${'ab'.repeat(8)}-00`);
  });

  it('is not sampled when the load balancer says so', () => {
    expect(traceContextOf(undefined, `Root=1-${'1'.repeat(8)}-${'2'.repeat(24)};Sampled=0`, ids()).traceparent).toMatch(/-00$/);
  });
});

describe('the request id', () => {
  it('is the one of the caller', () => {
    expect(requestIdOf('order-7', ids())).toBe('order-7');
  });

  it.each(['', 'a b', '"', 'x'.repeat(129)])('is a new one in place of %j', (given) => {
    expect(requestIdOf(given, ids())).toBe(NEW);
  });

  it('never repeats over a thousand draws', () => {
    const real = new HexIds();
    expect(new Set(Array.from({ length: 1000 }, () => real.next(16))).size).toBe(1000);
  });
});

describe('an access line', () => {
  const entry: AccessEntry = {
    now: Date.UTC(2026, 0, 2, 3, 4, 5, 67),
    requestId: 'r-1',
    traceId: TRACE,
    method: 'GET',
    path: '/api/items',
    routeClass: 'api',
    status: 200,
    durationMs: 12.3456,
    latencyMs: 10.5,
    requestBytes: 1,
    responseBytes: 2,
    clientIp: '203.0.113.7',
    userAgent: 'curl "x"',
    outcome: 'ok',
    failed: false,
    measured: true,
  };
  const line = (change: Partial<AccessEntry> = {}): Record<string, unknown> =>
    JSON.parse(new AccessLines('api').of({ ...entry, ...change }));

  it('holds the fields of the request', () => {
    expect(line()).toMatchObject({
      time: '2026-01-02T03:04:05.067Z',
      level: 'INFO',
      type: 'access',
      service: 'api',
      requestId: 'r-1',
      traceId: TRACE,
      method: 'GET',
      path: '/api/items',
      routeClass: 'api',
      status: 200,
      durationMs: 12.35,
      requestBytes: 1,
      responseBytes: 2,
      clientIp: '203.0.113.7',
      userAgent: 'curl "x"',
      outcome: 'ok',
    });
  });

  it('is one line', () => {
    expect(new AccessLines('api').of({ ...entry, userAgent: 'a\nb', path: '/\n', clientIp: '\n' })).toMatch(/^[^\n]*\n$/);
  });

  it('is an EMF record of latency, requests and errors by service and class', () => {
    expect(line()).toMatchObject({
      Service: 'api',
      RouteClass: 'api',
      Latency: 10.5,
      Requests: 1,
      ServerErrors: 0,
      _aws: {
        Timestamp: entry.now,
        CloudWatchMetrics: [
          {
            Namespace: 'plinth',
            Dimensions: [['Service', 'RouteClass']],
            Metrics: [
              { Name: 'Latency', Unit: 'Milliseconds' },
              { Name: 'Requests', Unit: 'Count' },
              { Name: 'ServerErrors', Unit: 'Count' },
            ],
          },
        ],
      },
    });
  });

  it('counts a failure as a server error at level ERROR', () => {
    expect(line({ failed: true })).toMatchObject({ level: 'ERROR', ServerErrors: 1 });
  });

  it('carries no metrics when it is not measured', () => {
    expect(line({ measured: false })).not.toHaveProperty('_aws');
  });

  it('cuts a long path and user agent', () => {
    const long = line({ path: `/${'a'.repeat(5000)}`, userAgent: 'b'.repeat(5000) });
    expect([String(long.path).length, String(long.userAgent).length]).toEqual([1024, 256]);
  });
});

describe('the logger', () => {
  it('writes one JSON line an event', () => {
    const lines: string[] = [];
    createLogger({ service: 'api', write: (text) => lines.push(text), now: () => 0 }).error('broken', { code: 'x' });
    expect(lines).toEqual([
      '{"time":"1970-01-01T00:00:00.000Z","level":"ERROR","type":"event","service":"api","message":"broken","code":"x"}\n',
    ]);
  });

  it.each([
    ['ERROR', ['ERROR']],
    ['WARN', ['ERROR', 'WARN']],
    ['INFO', ['ERROR', 'WARN', 'INFO']],
    ['DEBUG', ['ERROR', 'WARN', 'INFO', 'DEBUG']],
  ])('REC-7.6 of the level %s writes what is as pressing', (LOG_LEVEL, written) => {
    const levels: unknown[] = [];
    const write = (text: string) => void levels.push((JSON.parse(text) as { level: string }).level);
    const logger = createLogger({ service: 'api', write, level: logLevel({ LOG_LEVEL }) });
    logger.error('e');
    logger.warn('w');
    logger.info('i');
    logger.debug('d');
    expect(levels).toEqual(written);
  });

  it('REC-7.6 is of the level INFO where LOG_LEVEL names none', () => {
    expect([logLevel({}), logLevel({ LOG_LEVEL: '' }), logLevel({ LOG_LEVEL: 'debug' })]).toEqual(['INFO', 'INFO', 'DEBUG']);
  });

  it('REC-7.6 refuses a level it does not know', () => {
    expect(() => logLevel({ LOG_LEVEL: 'LOUD' })).toThrow(
      'LOG_LEVEL: must be ERROR, WARN, INFO, DEBUG, got LOUD; set one of them, or none',
    );
  });
});
