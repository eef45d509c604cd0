import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Functions } from './functions';

const PATH = /^\/2015-03-31\/functions\/([^/?]+)\/invocations/;

/** Answers a call of Lambda's Invoke for a function that runs here; says whether it did. */
export function answerInvocation(functions: Functions, req: IncomingMessage, body: string, res: ServerResponse): boolean {
  const [, named] = PATH.exec(req.url ?? '') ?? [];
  if (req.method !== 'POST' || named === undefined) return false;
  const outcome = functions.invoke(decodeURIComponent(named), body === '' ? {} : JSON.parse(body));
  if (!outcome) return false;
  if (req.headers['x-amz-invocation-type'] === 'Event') {
    res.writeHead(202).end();
    return true;
  }
  void outcome.then((one) => {
    const headers = { 'content-type': 'application/json', 'x-amz-executed-version': '$LATEST' };
    if (one.ok) res.writeHead(200, headers).end(JSON.stringify(one.value));
    else {
      const { errorType, errorMessage } = one;
      res.writeHead(200, { ...headers, 'x-amz-function-error': 'Unhandled' }).end(JSON.stringify({ errorType, errorMessage }));
    }
  });
  return true;
}
