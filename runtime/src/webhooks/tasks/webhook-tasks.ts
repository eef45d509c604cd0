import { MOST_TRIES, partWays, WebhookContentionError } from '../contention';
import type { BulkKind, BulkTask } from '../bulk-task';
import type { WebhookContext } from '../webhook-context';
import { newWebhookId } from '../webhook-id';
import type { TenantKey } from '../webhook-store';
import type { Webhooks } from '../webhooks';
import { purgeMessage, type PurgedMessage } from './purge-message';
import { isOver, runTask } from './run-task';

export interface TaskRequest {
  readonly tenantId: string;
  readonly kind: BulkKind;
  /** All of the tenant's where it is absent; only a purge may be. */
  readonly endpointId?: string;
  /** Deliveries created from here (inclusive) to there (exclusive), in epoch milliseconds. */
  readonly since: number;
  /** @default now */
  readonly until?: number;
  /** Counts, and changes nothing. */
  readonly isDryRun?: boolean;
}

export type Requested = { readonly type: 'queued'; readonly task: BulkTask } | { readonly type: 'full'; readonly bound: number };
export type Cancelled = { readonly type: 'cancelled' | 'finished'; readonly task: BulkTask } | { readonly type: 'not-found' };

/** Tasks of a tenant that are under way at once. */
export const MOST_TASKS = 5;
const KEPT_MS = 90 * 86_400_000;

/**
 * Work over many deliveries, in pages of 100: it is told how far it is, can be cancelled, and goes on where it was when whoever did it is gone.
 *
 * @example
 * const tasks = new WebhookTasks({ webhooks });
 * await tasks.request({ tenantId: 'acme', kind: 'recover', endpointId, since: Date.now() - 3_600_000 });
 * new WebhookSweeper({ webhooks, runTask: (due, untilMs) => tasks.run(due, untilMs) });
 */
export class WebhookTasks {
  private readonly context: WebhookContext;

  constructor({ webhooks }: { readonly webhooks: Webhooks }) {
    this.context = webhooks.context;
  }

  /** Queues a task; the sweeper begins it. */
  async request({ tenantId, kind, endpointId, since, until, isDryRun = false }: TaskRequest): Promise<Requested> {
    if ((await this.underWay(tenantId)) >= MOST_TASKS) return { type: 'full', bound: MOST_TASKS };
    const now = this.context.clock.now();
    const task: BulkTask = {
      id: newWebhookId('tsk', now, this.context.randomBytes),
      tenantId,
      kind,
      endpointId,
      since,
      until: until ?? now,
      isDryRun,
      state: 'queued',
      seen: 0,
      done: 0,
      skipped: 0,
      createdAt: now,
      dueAt: now,
      ttl: Math.ceil((now + KEPT_MS) / 1000),
      revision: this.context.token(),
    };
    await this.context.store.tasks.create(task);
    // Of any number that are asked for at once, the last to look sees all: none stays above the bound.
    if ((await this.underWay(tenantId)) <= MOST_TASKS) return { type: 'queued', task };
    await this.cancel(tenantId, task.id);
    return { type: 'full', bound: MOST_TASKS };
  }

  get(tenantId: string, id: string): Promise<BulkTask | undefined> {
    return this.context.store.tasks.read({ tenantId, id });
  }

  /** Stops a task after the page it is at; what it did stays done. */
  async cancel(tenantId: string, id: string): Promise<Cancelled> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const task = await this.get(tenantId, id);
      if (!task) return { type: 'not-found' };
      if (isOver(task)) return { type: task.state === 'cancelled' ? 'cancelled' : 'finished', task };
      const finishedAt = this.context.clock.now();
      const cancelled: BulkTask = {
        ...task,
        state: 'cancelled',
        lease: undefined,
        dueAt: undefined,
        finishedAt,
        revision: this.context.token(),
      };
      if (await this.context.store.tasks.replace(cancelled, task.revision)) return { type: 'cancelled', task: cancelled };
      await partWays(tries, this.context.clock, this.context.random);
    }
    throw new WebhookContentionError(id);
  }

  /** Goes on with a task until it is done or a time (epoch milliseconds) has come: for the sweeper. */
  run(key: TenantKey, untilMs: number): Promise<void> {
    return runTask(this.context, { tenantId: key.tenantId, id: key.id }, untilMs);
  }

  /** Takes a message's body away; nothing when the tenant has no such message. */
  purgeMessage(tenantId: string, messageId: string): Promise<PurgedMessage | undefined> {
    return purgeMessage(this.context, tenantId, messageId);
  }

  private async underWay(tenantId: string): Promise<number> {
    return (await this.context.store.tasks.list(tenantId)).filter((task) => !isOver(task)).length;
  }
}
