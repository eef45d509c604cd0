import { clientAddress, type Problem, PROBLEMS, type RequestHead } from 'plinth-runtime';
import type { Authentication, Authenticator, Principal, Scope } from 'plinth-runtime/access';
import type { AccessConfig } from './config';
import type { Exchange } from './exchange';
import { PathSet } from './path-set';
import type { GatewayState } from './state';

const BEARER = /^bearer +/i;
const SCOPED: readonly (readonly [Scope, PathSet])[] = [
  ['jobs', new PathSet(['/v1/jobs', '/v1/jobs/*'])],
  ['webhooks', new PathSet(['/v1/webhooks', '/v1/webhooks/*'])],
];
const READS = new Set(['GET', 'HEAD']);

/** Lets a request on to where it goes, if its key may; everybody where no keys are asked for. */
export function admit({ access }: GatewayState, exchange: Exchange, go: () => void): void {
  if (access === undefined) go();
  else access.admit(exchange, go);
}

/** Who may call what: a key for everything but the public paths, and a scope for the route. */
export class Access {
  private readonly publicPaths: PathSet;

  constructor(
    private readonly authenticator: Pick<Authenticator, 'authenticate'>,
    private readonly config: Pick<AccessConfig, 'publicPaths' | 'forwardKey'>,
    /** Whether a path is a route of the platform that needs no key. */
    private readonly isPublicRoute: (path: string) => boolean = () => false,
  ) {
    this.publicPaths = new PathSet(config.publicPaths);
  }

  admit(exchange: Exchange, go: () => void): void {
    const { head, peer, path } = exchange;
    if (this.publicPaths.has(path) || this.isPublicRoute(path)) {
      go();
      return;
    }
    const bearer = bearerOf(head);
    const presented = head.apiKey ?? bearer;
    if (presented === undefined || presented === '') this.refuse(exchange, PROBLEMS.keyMissing);
    else if (bearer !== undefined && bearer !== presented) this.refuse(exchange, PROBLEMS.keyConflict);
    else {
      const answer = this.authenticator.authenticate(presented, clientAddress(head.forwardedFor, peer));
      // No promise for a key that is known: it is the way of nearly every request.
      if (answer instanceof Promise) void answer.then((later) => exchange.isWaiting && this.decide(exchange, later, go));
      else this.decide(exchange, answer, go);
    }
  }

  /** The caller's headers for the app: the key is ours, any other kind of authorization the app's. */
  withoutKey(head: RequestHead): string[] {
    if (this.config.forwardKey) return head.kept;
    if (head.apiKey !== undefined) drop(head.kept, 'x-api-key');
    if (BEARER.test(head.authorization ?? '')) drop(head.kept, 'authorization');
    return head.kept;
  }

  private decide(exchange: Exchange, answer: Authentication, go: () => void): void {
    if (answer.refusal === undefined) {
      this.letIn(exchange, answer.principal, go);
      return;
    }
    exchange.failedKey = answer.refusal !== 'unavailable';
    if (answer.refusal === 'invalid') this.refuse(exchange, PROBLEMS.keyInvalid);
    else {
      const { retryAfterSeconds } = answer;
      // The server's fault, and counted as such.
      if (answer.refusal === 'unavailable') exchange.refuse({ ...PROBLEMS.keysUnavailable, retryAfterSeconds });
      else this.refuse(exchange, { ...PROBLEMS.tooManyFailedKeys, retryAfterSeconds });
    }
  }

  private letIn(exchange: Exchange, principal: Principal, go: () => void): void {
    exchange.principal = principal;
    const wanted = scopesFor(exchange.req.method, exchange.path);
    if (wanted.some((scope) => principal.scopes.includes(scope))) go();
    else this.refuse(exchange, PROBLEMS.scopeMissing, `the key must have the scope ${wanted.join(' or ')}`);
  }

  /** Refusals come faster than any answer: in the metrics they would hide that the app is slow. */
  private refuse(exchange: Exchange, problem: Problem, detail?: string): void {
    exchange.measured = false;
    exchange.refuse(problem, detail);
  }
}

const told = new WeakMap<Principal, readonly string[]>();

/** What the app is told of its caller; written once for a key that is remembered. */
export function principalHeaders(principal: Principal): readonly string[] {
  const before = told.get(principal);
  if (before !== undefined) return before;
  const { keyId, tenantId, scopes, tier } = principal;
  const headers = ['plinth-tenant-id', tenantId, 'plinth-key-id', keyId, 'plinth-scopes', scopes.join(' '), 'plinth-tier', tier];
  told.set(principal, headers);
  return headers;
}

function scopesFor(method: string | undefined, path: string): readonly Scope[] {
  const [scope] = SCOPED.find(([, paths]) => paths.has(path)) ?? [];
  if (scope === undefined) return ['api'];
  return READS.has(method ?? '') ? [scope, 'read'] : [scope];
}

/** Takes every header of a name, in lower case, out of flat headers: in place, since all of a request's are walked for one or two. */
function drop(headers: string[], name: string): void {
  for (let at = headers.length - 2; at >= 0; at -= 2) if (headers[at].toLowerCase() === name) headers.splice(at, 2);
}

function bearerOf({ authorization }: RequestHead): string | undefined {
  const scheme = authorization === undefined ? null : BEARER.exec(authorization);
  return scheme === null ? undefined : authorization?.slice(scheme[0].length).trim();
}
