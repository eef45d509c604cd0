import * as fc from 'fast-check';
import { internalKeys, signCall, SIGNATURE_TOLERANCE_MS, verifyCall } from 'plinth-runtime/jobs';

const keys = { current: 'new', previous: 'old' };
const request = { method: 'POST', target: '/jobs?kind=a', body: '{"job_id":"j"}' };
const NOW = 1_760_000_000_000;

test.each(['new', 'old'])('is valid with the key %s', (current) => {
  expect(verifyCall(request, signCall(request, { current }, NOW), keys, NOW)).toEqual({ isValid: true });
});

test.each([
  ['no header', undefined, 'missing'],
  ['another form', 't=1,v2=00', 'malformed'],
  ['another key', signCall(request, { current: 'other' }, NOW), 'mismatch'],
  ['an old time', signCall(request, keys, NOW - SIGNATURE_TOLERANCE_MS - 1000), 'stale'],
  ['a time to come', signCall(request, keys, NOW + SIGNATURE_TOLERANCE_MS + 1000), 'stale'],
  ['another method', signCall({ ...request, method: 'PUT' }, keys, NOW), 'mismatch'],
  ['another path', signCall({ ...request, target: '/other' }, keys, NOW), 'mismatch'],
  ['another body', signCall({ ...request, body: '{}' }, keys, NOW), 'mismatch'],
])('is not valid with %s', (_name, header, reason) => {
  expect(verifyCall(request, header, keys, NOW)).toEqual({ isValid: false, reason });
});

test('is never valid by chance', () => {
  fc.assert(
    fc.property(fc.string(), (header) => !verifyCall(request, header, keys, NOW).isValid),
    { seed: 1, numRuns: 500 },
  );
});

test('takes its keys from JSON with current and previous', () => {
  expect(internalKeys('{"current":"a","previous":"b"}')).toEqual({ current: 'a', previous: 'b' });
  expect(internalKeys('{"current":"a"}')).toEqual({ current: 'a', previous: undefined });
  for (const json of [undefined, '', 'null', '{}', '{"current":""}']) {
    expect(() => internalKeys(json)).toThrow(
      'INTERNAL_API_KEY: must be JSON with current and, where there is one, previous, got neither; set the secret',
    );
  }
});
