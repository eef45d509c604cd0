import { partWays, MOST_TRIES, WebhookContentionError } from './contention';
import type { Endpoint } from './endpoint';
import { sweepGate } from './parking';
import type { WebhookContext } from './webhook-context';

type Reason = NonNullable<Endpoint['disabledReason']>;

/** Disables an endpoint, if it is enabled; what waits for one that is gone is cancelled. */
export async function disable(context: WebhookContext, { tenantId, id }: Pick<Endpoint, 'tenantId' | 'id'>, reason: Reason): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const endpoint = await context.store.endpoints.read({ tenantId, id });
    if (!endpoint || endpoint.state === 'disabled') return;
    const now = context.clock.now();
    const disabled: Endpoint = { ...endpoint, state: 'disabled', disabledReason: reason, updatedAt: now, revision: context.token() };
    if (await context.store.endpoints.replace(disabled, endpoint.revision)) {
      context.forgetEndpoint(tenantId, id);
      context.tell({ type: 'disabled', tenantId, endpointId: id, reason });
      if (reason === 'gone') await context.leave('release', id, () => sweepGate(context, id));
      return;
    }
    await partWays(tries, context.clock, context.random);
  }
  throw new WebhookContentionError(id);
}
