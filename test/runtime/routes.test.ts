import fc from 'fast-check';
import { type RouteLimits, RouteTable } from 'plinth-runtime';

const route = (path: string): RouteLimits => ({ path, class: 'api', deadlineMs: 1, maxBodyBytes: 1 });
const match = (paths: string[], path: string) => new RouteTable(paths.map(route)).match(path).path;

describe('a route table', () => {
  it.each([
    ['/api/status', '/api/status'],
    ['/api/status/', '/*'],
    ['/api/files/a/b', '/api/files/*'],
    ['/api/files/', '/api/files/*'],
    ['/api/files', '/*'],
    ['/api/filesystem', '/*'],
    ['/api/%66iles/a', '/api/files/*'],
    ['/api/%zz', '/*'],
    ['/', '/*'],
  ])('gives %s the route %s', (path, expected) => {
    expect(match(['/api/status', '/api/files/*', '/*'], path)).toBe(expected);
  });

  it('lets the first route that matches decide', () => {
    expect(match(['/a/*', '/a/b', '/*'], '/a/b')).toBe('/a/*');
  });

  it('refuses a table without a last resort', () => {
    expect(() => new RouteTable([route('/a')])).toThrow('routes: the last path must be /*, got /a; add a route for /*');
  });

  const segment = fc.stringMatching(/^[a-z]{1,3}$/);
  const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
  const paths = fc.array(
    fc.tuple(path, fc.boolean()).map(([text, prefix]) => (prefix ? `${text}/*` : text)),
    { maxLength: 5 },
  );

  it('agrees with a search by the definition, for any table and path', () => {
    fc.assert(
      fc.property(paths, path, (table, asked) => {
        const holds = (rule: string) => (rule.endsWith('/*') ? asked.startsWith(rule.slice(0, -1)) : asked === rule);
        expect(match([...table, '/*'], asked)).toBe(table.find(holds) ?? '/*');
      }),
    );
  });

  it('gives an encoded path the route of the plain one', () => {
    fc.assert(
      fc.property(paths, path, fc.nat(20), (table, asked, index) => {
        const at = index % asked.length;
        const encoded = asked[at] === '/' ? asked : `${asked.slice(0, at)}%${asked.charCodeAt(at).toString(16)}${asked.slice(at + 1)}`;
        expect(match([...table, '/*'], encoded)).toBe(match([...table, '/*'], asked));
      }),
    );
  });
});
