import { MOST_TRIES, partWays, WebhookContentionError } from '../contention';
import type { Endpoint } from '../endpoint';
import type { WebhookContext } from '../webhook-context';
import type { TenantKey } from '../webhook-store';

export type Edited<Refusal extends string = never> =
  | { readonly type: 'edited'; readonly endpoint: Endpoint; readonly before: Endpoint }
  | { readonly type: 'not-found' }
  | (Refusal extends string ? { readonly type: Refusal } : never);

type Decide<Refusal extends string> = (endpoint: Endpoint, now: number) => Endpoint | Refusal;

/** Reads an endpoint, decides, and writes on the condition that nothing was written since; decides anew when something was. */
export async function editEndpoint<Refusal extends string>(
  context: WebhookContext,
  key: TenantKey,
  decide: Decide<Refusal>,
): Promise<Edited<Refusal>> {
  let written: { readonly endpoint: Endpoint; readonly before: Endpoint } | undefined;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const before = await context.store.endpoints.read(key);
    // The write before was ours after all: its answer was lost and it was sent again.
    if (written && before?.revision === written.endpoint.revision) return done(context, written);
    if (!before) return { type: 'not-found' };
    const now = context.clock.now();
    const decided = decide(before, now);
    if (typeof decided === 'string') return { type: decided } as Edited<Refusal>;
    written = { endpoint: { ...decided, updatedAt: now, revision: context.token() }, before };
    if (await context.store.endpoints.replace(written.endpoint, before.revision)) return done(context, written);
    await partWays(tries, context.clock, context.random);
  }
  throw new WebhookContentionError(key.id);
}

function done(context: WebhookContext, written: { readonly endpoint: Endpoint; readonly before: Endpoint }) {
  context.forgetEndpoint(written.endpoint.tenantId, written.endpoint.id);
  return { type: 'edited', ...written } as const;
}
