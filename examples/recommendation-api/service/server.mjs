// A small API with nothing but Node: categories, and the two health routes that the platform asks.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';

const categories = new Map(
  JSON.parse(readFileSync(new URL('categories.json', import.meta.url), 'utf8')).map((category) => [category.id, category]),
);

function answer(response, status, body, type = 'application/json') {
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
}

const problem = (response, status, title, detail) => answer(response, status, { title, status, detail }, 'application/problem+json');

const routes = [
  ['/api/health/live', (_request, response) => answer(response, 200, { status: 'live' })],
  ['/api/health/ready', (_request, response) => answer(response, 200, { status: 'ready', categories: categories.size })],
  ['/api/categories', (_request, response) => answer(response, 200, { categories: [...categories.values()] })],
  [
    '/api/categories/:id',
    (_request, response, id) => {
      const category = categories.get(id);
      if (category) answer(response, 200, category);
      else problem(response, 404, 'Not Found', `no category ${id}; GET /api/categories lists them`);
    },
  ],
];

function match(pathname) {
  for (const [pattern, handle] of routes) {
    const [base, parameter] = pattern.split('/:');
    if (pathname === pattern) return { handle };
    if (parameter && pathname.startsWith(`${base}/`) && !pathname.slice(base.length + 1).includes('/')) {
      return { handle, parameter: pathname.slice(base.length + 1) };
    }
  }
  return undefined;
}

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  const route = match(pathname);
  if (!route) return problem(response, 404, 'Not Found', `no route ${pathname}`);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return problem(response, 405, 'Method Not Allowed', `${pathname} answers GET and HEAD`);
  }
  return route.handle(request, response, route.parameter);
});

// Longer than the gateway keeps an idle connection to it, so that it never closes one that the gateway is about to use.
server.keepAliveTimeout = 75_000;
server.listen(Number(process.env.PORT ?? 8080), () => {
  console.log(JSON.stringify({ level: 'INFO', message: 'listening', port: server.address().port }));
});
process.once('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
