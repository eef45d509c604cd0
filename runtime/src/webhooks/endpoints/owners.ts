import type { EndpointOwner } from '../endpoint';
import type { WebhookContext } from '../webhook-context';

/** Says whose an endpoint is, or until when that is known. */
export async function writeOwner(context: WebhookContext, fields: Omit<EndpointOwner, 'revision'>): Promise<void> {
  const owner = { ...fields, revision: context.token() };
  if (await context.store.owners.create(owner)) return;
  const standing = await context.store.owners.read(fields.endpointId);
  // An id is never another tenant's: whoever writes at the same time writes the same.
  if (standing) await context.store.owners.replace(owner, standing.revision);
}
