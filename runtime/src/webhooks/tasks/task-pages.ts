import type { BulkTask } from '../bulk-task';
import type { Delivery } from '../delivery';
import type { WebhookContext } from '../webhook-context';

export const PAGE = 100;

interface Place {
  readonly endpointId: string;
  readonly before?: string;
}

export interface TaskPage {
  readonly deliveries: readonly Delivery[];
  /** Where the next page begins; absent after the last. */
  readonly cursor?: string;
}

/** The next deliveries of a task: of its endpoint, or of all its tenant has or had, one endpoint after the other in the order of their ids. */
export async function pageOf(context: WebhookContext, task: BulkTask): Promise<TaskPage> {
  const place = task.cursor === undefined ? await first(context, task) : (JSON.parse(task.cursor) as Place);
  if (place === undefined) return { deliveries: [] };
  const { since, until } = task;
  const page = await context.store.deliveries.list({ endpointId: place.endpointId, since, until, limit: PAGE, before: place.before });
  const next = page.next === undefined ? await after(context, task, place) : { ...place, before: page.next };
  return { deliveries: page.deliveries, cursor: next && JSON.stringify(next) };
}

const first = async (context: WebhookContext, task: BulkTask): Promise<Place | undefined> =>
  task.endpointId === undefined ? after(context, task, { endpointId: '' }) : { endpointId: task.endpointId };

async function after(context: WebhookContext, task: BulkTask, { endpointId }: Place): Promise<Place | undefined> {
  if (task.endpointId !== undefined) return undefined;
  const { endpoints, tombstones } = context.store;
  const { tenantId } = task;
  const standing = (await endpoints.list(tenantId, { withImplicit: true })).map(({ id }) => id).filter((id) => id > endpointId);
  // After the list: whoever is deleted between the two left its tombstone before.
  const gone = await tombstones.after({ tenantId, id: endpointId });
  const [next] = [...standing, ...(gone ? [gone.id] : [])].toSorted();
  return next === undefined ? undefined : { endpointId: next };
}
