import { cacheKey, type ResponseCache } from 'plinth-runtime/cache';
import type { Clock } from 'plinth-runtime/resilience';
import { faultsOf } from '../../shared/api/schema';
import { type Answer, entityTag, json, matches } from '../../shared/http/answer';
import type { Call } from '../../shared/http/call';
import type { Handlers } from '../../shared/http/listener';
import { CONDITIONS, RequestProblem } from '../../shared/http/problems';
import { toProblem } from '../../shared/http/unavailable';
import { jobCallHandler } from '../../shared/http/job-call';
import type { Health } from '../../shared/service/health';
import { openApi } from './api/openapi';
import { type OperationId, RECOMMENDATION_REQUEST } from './api/operations';
import type { Categories, CategoryPageRequest, StoredCategory } from './categories';
import type { RecommendationRequest, Recommendations } from './recommendations';
import type { ServiceConfig } from './config';
import type { SessionCookie } from './session-cookie';
import type { Sessions } from './sessions';

export interface HandlerOptions {
  readonly config: Pick<ServiceConfig, 'internalKeys'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly recommendations: Recommendations;
  readonly categories: Categories;
  readonly cache: ResponseCache;
  /** As of the recommendations. */
  readonly version: string;
  readonly sessions: Sessions;
  readonly cookie: SessionCookie;
  readonly health: Health;
  /** Told of what was left undone beside an answer. */
  readonly sessionFailed: () => void;
}

const HEALTH_TYPE = { 'Content-Type': 'application/health+json' };
const DEFAULT_PAGE = 50;

/** What each operation answers. */
export function handlers({
  config: { internalKeys },
  clock,
  recommendations,
  categories,
  cache,
  version,
  sessions,
  cookie,
  health,
  sessionFailed,
}: HandlerOptions): Handlers<OperationId> {
  const document = JSON.stringify(openApi());
  const documentTag = entityTag(document);

  async function recommend(call: Call): Promise<Answer> {
    checkStarted();
    const request = call.body as RecommendationRequest;
    const id = cookie.idOf(call.cookie);
    const remembered = id === undefined ? undefined : sessions.remember(id, request.text).catch(sessionFailed);
    const { value, state } = await orProblem(recommendations.find(request, call.deadline));
    await remembered;
    const { model } = value;
    // Weak: `cached` differs between answers of the same content.
    const tag = `W/${entityTag(JSON.stringify(value))}`;
    return json(200, { recommendations: value.recommendations, model, cached: state !== 'MISS' }, { ETag: tag, 'X-Cache': state });
  }

  async function listCategories(call: Call): Promise<Answer> {
    checkStarted();
    const {
      limit = DEFAULT_PAGE,
      cursor,
      group,
      program,
    } = call.query as { limit?: number; cursor?: string; group?: string; program?: string };
    const request = { limit, after: cursor === undefined ? undefined : idOfCursor(cursor), group, program };
    return cached(call, { page: request }, async () => page({ ...request, signal: call.deadline.signal }));
  }

  async function page(request: CategoryPageRequest): Promise<object> {
    // One more than asked for tells whether there is a next page.
    const found = await categories.page({ ...request, limit: request.limit + 1 });
    const shown = found.slice(0, request.limit);
    const last = shown.at(-1);
    return { categories: shown, ...(found.length > shown.length && last && { nextCursor: cursorOf(last) }) };
  }

  async function getCategory(call: Call): Promise<Answer> {
    checkStarted();
    return cached(call, { category: call.path.id }, async () => {
      const found = await categories.get(call.path.id, call.deadline.signal);
      if (found === undefined) throw new RequestProblem(CONDITIONS.notFound, `no category ${call.path.id}; GET /api/categories lists them`);
      return found;
    });
  }

  async function cached(call: Call, key: object, compute: () => Promise<object>): Promise<Answer> {
    const { value, state } = await orProblem(cache.through(`categories:${cacheKey({ version, ...key })}`, compute));
    const body = JSON.stringify(value);
    const headers = { ETag: entityTag(body), 'X-Cache': state };
    return matches(call.ifNoneMatch, headers.ETag) ? { status: 304, headers } : { status: 200, body, headers };
  }

  async function createSession(): Promise<Answer> {
    const { id, session } = await orProblem(sessions.create());
    return json(201, { id: cookie.value(id), ...session }, { 'Set-Cookie': cookie.set(id), Location: '/api/sessions/current' });
  }

  async function getSession(call: Call): Promise<Answer> {
    const id = cookie.idOf(call.cookie);
    const session = id === undefined ? undefined : await orProblem(sessions.get(id));
    if (id === undefined || session === undefined) throw noSession();
    return json(200, { id: cookie.value(id), ...session }, { 'Set-Cookie': cookie.set(id) });
  }

  async function deleteSession(call: Call): Promise<Answer> {
    const id = cookie.idOf(call.cookie);
    if (id === undefined) throw noSession();
    await orProblem(sessions.end(id));
    return { status: 204, headers: { 'Set-Cookie': cookie.clear() } };
  }

  const processJob = jobCallHandler<RecommendationRequest>({
    internalKeys,
    clock,
    faults: (input) => faultsOf(RECOMMENDATION_REQUEST, input, 'input'),
    invalid: 'invalid-input',
    work: async ({ input, deadline }) => {
      checkStarted();
      return (await recommendations.find(input, deadline)).value;
    },
  });

  /** Before all categories are stored, an answer would be a wrong one. */
  function checkStarted(): void {
    if (health.isStarting) throw new RequestProblem(CONDITIONS.starting, 'the categories are not stored yet');
  }

  return {
    recommend,
    listCategories,
    getCategory,
    createSession,
    getSession,
    deleteSession,
    processJob,
    live: async () => json(200, { status: 'pass' }, HEALTH_TYPE),
    ready: async () => {
      const body = health.body();
      return json(body.status === 'fail' ? 503 : 200, body, HEALTH_TYPE);
    },
    openapi: async (call) => {
      const headers = { ETag: documentTag };
      return matches(call.ifNoneMatch, documentTag) ? { status: 304, headers } : { status: 200, body: document, headers };
    },
  };
}

function noSession(): RequestProblem {
  return new RequestProblem(CONDITIONS.noSession, 'the cookie __Host-session must name a living session; POST /api/sessions makes one');
}

async function orProblem<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw toProblem(error);
  }
}

function cursorOf({ id }: StoredCategory): string {
  return Buffer.from(id).toString('base64url');
}

function idOfCursor(cursor: string): string {
  const id = Buffer.from(cursor, 'base64url').toString();
  if (/^[a-z0-9-]{1,128}$/.test(id) && Buffer.from(id).toString('base64url') === cursor) return id;
  throw new RequestProblem(CONDITIONS.invalidFields, `cursor must be the nextCursor of an earlier page, got ${cursor.slice(0, 80)}`, {
    errors: [{ field: 'cursor', allowed: 'the nextCursor of an earlier page', given: cursor.slice(0, 80) }],
  });
}
