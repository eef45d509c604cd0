import { MOST_TRIES, partWays, WebhookContentionError } from '../contention';
import type { WebhookContext } from '../webhook-context';
import type { TenantKey } from '../webhook-store';

/** What a process may take to make a delivery of an endpoint that it read before it was deleted. */
const SLACK_MS = 86_400_000;

/**
 * Notes, before an endpoint is deleted or gets an end, that there was one, for as long as anything of it can be read: a body until it is as old as
 * it may be, and by a resend of it a delivery for its time from then on. A note that reaches farther stands.
 */
export async function leaveTombstone(context: WebhookContext, { tenantId, id }: TenantKey, endsAt: number): Promise<void> {
  const { store, keepBodiesMs, keepDeliveriesMs } = context;
  const ttl = Math.ceil((endsAt + keepBodiesMs + keepDeliveriesMs + SLACK_MS) / 1000);
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const row = { id, tenantId, ttl, revision: context.token() };
    if (await store.tombstones.create(row)) return;
    const standing = await store.tombstones.read({ tenantId, id });
    if (standing && (standing.ttl >= ttl || (await store.tombstones.replace(row, standing.revision)))) return;
    await partWays(tries, context.clock, context.random);
  }
  throw new WebhookContentionError(id);
}
