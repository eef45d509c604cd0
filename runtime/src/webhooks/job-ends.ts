import { createHash } from 'node:crypto';
import type { Job, JsonValue } from '../jobs/job';
import type { JobEnds } from '../jobs/job-ends';
import type { JobKind } from '../jobs/job-kinds';
import { MAX_BODY_BYTES, type Message } from './message';
import type { WebhookEndpoints } from './endpoints';
import { subscribes } from './subscribers';
import type { Webhooks } from './webhooks';

type Status = 'completed' | 'failed' | 'cancelled';

export interface WebhookJobEndsOptions {
  readonly webhooks: Pick<Webhooks, 'publish'>;
  readonly endpoints: Pick<WebhookEndpoints, 'targetFor' | 'list'>;
}

/**
 * Tells of jobs' ends by webhooks: to whoever subscribed, and to a job's own `webhook_url`. Messages' ids follow from the job's and the event,
 * so that telling twice is telling once.
 *
 * @example
 * const jobs = new Jobs({ store, messages, kinds, ends: new WebhookJobEnds({ webhooks, endpoints }) });
 */
export class WebhookJobEnds implements JobEnds {
  constructor(private readonly options: WebhookJobEndsOptions) {}

  async tell(job: Job, kind: JobKind): Promise<void> {
    const events = eventsOf(job, kind);
    // As they stand, of no cache: whoever is registered before the end is told of it, and where nobody is there is nothing to write.
    const endpoints = await this.options.endpoints.list(job.tenantId);
    for (const event of events) if (endpoints.some((endpoint) => subscribes(endpoint, event))) await this.publish(job, event);
    if (job.webhookUrl === undefined) return;
    const event = events.at(-1) ?? '';
    const target = await this.options.endpoints.targetFor(job.tenantId, job.webhookUrl);
    // It is told already, as it asked for this event of every job. An implicit one is told of none, whatever its events were edited to.
    if (endpoints.some((endpoint) => endpoint.id === target.endpointId && subscribes(endpoint, event))) return;
    await this.publish(job, event, target);
  }

  /** A conflict is another telling of the same end, before an endpoint was registered or edited: it was told. */
  private async publish(job: Job, type: string, target?: Message['target']): Promise<void> {
    await this.options.webhooks.publish({ tenantId: job.tenantId, type, body: bodyOf(job, type), id: idOf(job, type, target), target });
  }
}

const statusOf = ({ state }: Job): Status => (state === 'succeeded' ? 'completed' : state === 'cancelled' ? 'cancelled' : 'failed');

/** What a job's end is called, the kind's own name last. */
function eventsOf(job: Job, { events = {} }: JobKind): readonly string[] {
  const status = statusOf(job);
  const own = status === 'cancelled' ? undefined : events[status];
  return [`job.${status}`, ...(own === undefined ? [] : [own])];
}

function idOf({ id }: Job, type: string, target: Message['target']): string {
  const hash = createHash('sha256').update(JSON.stringify([id, type, target ? 'webhook_url' : 'events']));
  return `msg_${hash.digest('base64url').slice(0, 32)}`;
}

const isObject = (value: JsonValue): value is { readonly [key: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Flat, so that a receiver reads it by names: what the job came to stands beside what is said of it. */
function bodyOf(job: Job, type: string): object {
  const { id, kind, createdAt, startedAt = createdAt, finishedAt = startedAt, result, error } = job;
  const told = {
    type,
    timestamp: new Date(finishedAt).toISOString(),
    job_id: id,
    status: statusOf(job),
    kind,
    processing_time_ms: finishedAt - startedAt,
    ...(error !== undefined && { error }),
  };
  if (job.resultRef !== undefined) return { ...told, result_url: `/v1/jobs/${id}/result` };
  if (result === undefined) return told;
  // Twice: the members said here come first, and a result's of the same name do not take their place.
  const body = isObject(result) ? { ...told, ...result, ...told } : { ...told, result };
  return Buffer.byteLength(JSON.stringify(body)) <= MAX_BODY_BYTES ? body : { ...told, result_url: `/v1/jobs/${id}` };
}
