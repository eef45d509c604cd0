import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Item, number, optional, present, shardOf, text } from '../dynamo/items';
import type { Job, JobState, JsonValue } from './job';
import type { JobSummary } from './job-store';

/** Shards of the due index, the counters and the durations: one partition of an index takes 1,000 writes a second. */
export const SHARDS = 16;
/** Shards of a tenant's list. */
export const TENANT_SHARDS = 4;

export const tenantShard = (tenantId: string, shard: number): string => `T#${shard}#${tenantId}`;
export const dueShard = (shard: number): string => `DUE#${shard}`;
export const jobKey = (id: string): Item => ({ pk: { S: `J#${id}` }, sk: { S: 'job' } });

const json = (value: JsonValue): AttributeValue => ({ S: JSON.stringify(value) });

export function itemOf(job: Job): Item {
  return present({
    ...jobKey(job.id),
    tenant_shard: text(tenantShard(job.tenantId, shardOf(job.id, TENANT_SHARDS))),
    due_shard: optional(job.dueAt, () => text(dueShard(shardOf(job.id, SHARDS)))),
    due_at: optional(job.dueAt, number),
    id: text(job.id),
    tenant_id: text(job.tenantId),
    kind: text(job.kind),
    state: text(job.state),
    input: json(job.input),
    progress: number(job.progress),
    stage: optional(job.stage, text),
    attempt: number(job.attempt),
    max_attempts: number(job.maxAttempts),
    lease_token: optional(job.lease?.token, text),
    lease_until: optional(job.lease?.until, number),
    cancel_requested: { BOOL: job.cancelRequested },
    created_at: number(job.createdAt),
    deadline_at: number(job.deadlineAt),
    not_before: number(job.notBefore),
    started_at: optional(job.startedAt, number),
    finished_at: optional(job.finishedAt, number),
    result: optional(job.result, json),
    result_ref: optional(job.resultRef, text),
    error_code: optional(job.error?.code, text),
    error_message: optional(job.error?.message, text),
    webhook_url: optional(job.webhookUrl, text),
    sends: number(job.sends),
    untold: job.isUntold ? { BOOL: true } : undefined,
    ttl: number(job.ttl),
    revision: text(job.revision),
  });
}

const textOf = (item: Item, name: string): string => item[name]?.S ?? '';
const numberOf = (item: Item, name: string): number => Number(item[name]?.N ?? 0);
const optionalText = (item: Item, name: string): string | undefined => item[name]?.S;
const optionalNumber = (item: Item, name: string): number | undefined => optionalFrom(item[name]?.N, Number);
const optionalFrom = <From, To>(value: From | undefined, read: (from: From) => To): To | undefined =>
  value === undefined ? undefined : read(value);
const parsed = (from: string): JsonValue => JSON.parse(from) as JsonValue;

export function summaryOf(item: Item): JobSummary {
  return {
    id: textOf(item, 'id'),
    tenantId: textOf(item, 'tenant_id'),
    kind: textOf(item, 'kind'),
    state: textOf(item, 'state') as JobState,
    progress: numberOf(item, 'progress'),
    stage: optionalText(item, 'stage'),
    cancelRequested: item.cancel_requested?.BOOL ?? false,
    createdAt: numberOf(item, 'created_at'),
    deadlineAt: numberOf(item, 'deadline_at'),
    startedAt: optionalNumber(item, 'started_at'),
    finishedAt: optionalNumber(item, 'finished_at'),
  };
}

export function jobOf(item: Item): Job {
  return {
    ...summaryOf(item),
    input: optionalFrom(optionalText(item, 'input'), parsed) ?? null,
    attempt: numberOf(item, 'attempt'),
    maxAttempts: numberOf(item, 'max_attempts'),
    lease: optionalFrom(optionalText(item, 'lease_token'), (token) => ({ token, until: numberOf(item, 'lease_until') })),
    notBefore: numberOf(item, 'not_before'),
    result: optionalFrom(optionalText(item, 'result'), parsed),
    resultRef: optionalText(item, 'result_ref'),
    error: optionalFrom(optionalText(item, 'error_code'), (code) => ({ code, message: textOf(item, 'error_message') })),
    webhookUrl: optionalText(item, 'webhook_url'),
    sends: numberOf(item, 'sends'),
    isUntold: item.untold?.BOOL,
    dueAt: optionalNumber(item, 'due_at'),
    ttl: numberOf(item, 'ttl'),
    revision: textOf(item, 'revision'),
  };
}
