import * as fc from 'fast-check';
import { formatPath, parsePath } from '../../lib/conformance/path';

test('reads names, elements, selectors and quoted names', () => {
  expect(parsePath('Rules[*].Tags[Key=a.b].Parameters["rds.force_ssl"][2].Value')).toEqual([
    'Rules',
    '*',
    'Tags',
    { key: 'Key', value: 'a.b' },
    'Parameters',
    'rds.force_ssl',
    2,
    'Value',
  ]);
});

test('reads what it writes', () => {
  const name = fc.stringMatching(/^[A-Za-z][\w.:-]*$/);

  fc.assert(
    fc.property(name, fc.array(fc.oneof(name, fc.nat(99))), (first, rest) => {
      expect(parsePath(formatPath([first, ...rest]))).toEqual([first, ...rest]);
    }),
  );
});

test('refuses what is no path', () => {
  expect(() => parsePath('Rules[')).toThrow('conformance: a path must be names and [selectors], got Rules[ (at [); see path.ts');
});
