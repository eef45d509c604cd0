import type { JobKind, JsonValue, Submission } from 'plinth-runtime/jobs';
import { type JsonObject, unknownFields } from '../shared/json-body';
import { type FieldFault, shown } from '../shared/problem';
import { webhookUrlFault } from './webhook-url';

const SUBMISSION_FIELDS = ['kind', 'input', 'webhook_url', 'idempotency_key', 'deadline_ms'];
export const MAX_INPUT_BYTES = 32 * 1024;
const SHORTEST_DEADLINE_MS = 1000;
const KEY = /^[\x21-\x7e]{1,255}$/;

export type Checked =
  | { readonly submission: Submission; readonly faults?: undefined }
  | { readonly submission?: undefined; readonly faults: readonly FieldFault[] };

export interface SubmissionRules {
  readonly kinds: ReadonlyMap<string, JobKind>;
  /** @default - public hosts by https alone */
  readonly urlFault?: (url: JsonValue) => FieldFault | undefined;
}

/** A submission out of JSON, or everything that is wrong with it. */
export function checkSubmission(body: JsonObject, tenantId: string, { kinds, urlFault = webhookUrlFault }: SubmissionRules): Checked {
  const { kind, input, webhook_url: webhookUrl, idempotency_key: idempotencyKey, deadline_ms: deadlineMs } = body;
  const policy = typeof kind === 'string' ? kinds.get(kind) : undefined;
  const faults = [
    ...unknownFields(body, SUBMISSION_FIELDS),
    policy ? undefined : { field: 'kind', given: shown(kind), allowed: `one of ${[...kinds.keys()].join(', ')}` },
    inputFault(input),
    webhookUrl === undefined ? undefined : urlFault(webhookUrl),
    keyFault(idempotencyKey),
    deadlineFault(deadlineMs, policy?.maxDeadlineMs),
  ].filter((fault) => fault !== undefined);
  if (faults.length > 0) return { faults };
  return {
    submission: {
      tenantId,
      kind: kind as string,
      input: input,
      webhookUrl: webhookUrl as string | undefined,
      idempotencyKey: idempotencyKey as string | undefined,
      deadlineMs: deadlineMs as number | undefined,
    },
  };
}

function inputFault(input: JsonValue | undefined): FieldFault | undefined {
  const allowed = `JSON of at most ${MAX_INPUT_BYTES} bytes`;
  if (input === undefined) return { field: 'input', given: 'nothing', allowed };
  const bytes = Buffer.byteLength(JSON.stringify(input));
  return bytes > MAX_INPUT_BYTES ? { field: 'input', given: `${bytes} bytes`, allowed } : undefined;
}

function keyFault(key: JsonValue | undefined): FieldFault | undefined {
  if (key === undefined || (typeof key === 'string' && KEY.test(key))) return undefined;
  return { field: 'idempotency_key', given: shown(key), allowed: '1 to 255 visible ASCII characters without a space' };
}

function deadlineFault(deadlineMs: JsonValue | undefined, longest: number | undefined): FieldFault | undefined {
  if (deadlineMs === undefined) return undefined;
  const most = longest ?? Number.MAX_SAFE_INTEGER;
  if (Number.isInteger(deadlineMs) && Number(deadlineMs) >= SHORTEST_DEADLINE_MS && Number(deadlineMs) <= most) return undefined;
  const allowed = longest === undefined ? `from ${SHORTEST_DEADLINE_MS}` : `from ${SHORTEST_DEADLINE_MS} to ${longest} for this kind`;
  return { field: 'deadline_ms', given: shown(deadlineMs), allowed: `a whole number ${allowed}` };
}
