import type { ServerResponse } from 'node:http';

/** Answers in the stead of a target. */
export function answer(res: ServerResponse, status: number, body: string, headers: { readonly [name: string]: string } = {}): void {
  if (res.headersSent || res.destroyed) {
    res.destroy();
    return;
  }
  res.writeHead(status, { 'Content-Type': 'text/plain', ...headers, 'Content-Length': Buffer.byteLength(body) });
  res.end(res.req.method === 'HEAD' ? undefined : body);
}
