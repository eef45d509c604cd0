import { JobProcessorError, type JsonValue } from 'plinth-runtime/jobs';

const LONGEST_CODE = 100;
const LONGEST_MESSAGE = 1000;

export interface FailureDefaults {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
}

/** What a processor elsewhere answers: `{ "result": ... }`, or `{ "error": { "code", "message", "retryable"? } }`. */
export function answerOf(json: string, failed: FailureDefaults | undefined): JsonValue {
  const answer = parse(json);
  const error = answer?.error as { code?: unknown; message?: unknown; retryable?: unknown } | null | undefined;
  if (failed !== undefined || (typeof error === 'object' && error !== null)) throw failureOf(error ?? undefined, failed);
  if (answer === undefined) {
    throw new JobProcessorError({ code: 'bad-answer', message: 'the processor must answer JSON with result or error', retryable: false });
  }
  return answer.result ?? null;
}

function failureOf(error: { code?: unknown; message?: unknown; retryable?: unknown } = {}, failed?: FailureDefaults): JobProcessorError {
  const text = (value: unknown, most: number, otherwise: string) =>
    typeof value === 'string' && value !== '' ? value.slice(0, most) : otherwise;
  return new JobProcessorError({
    code: text(error.code, LONGEST_CODE, failed?.code ?? 'processor-failed'),
    message: text(error.message, LONGEST_MESSAGE, failed?.message ?? 'the processor failed'),
    retryable: typeof error.retryable === 'boolean' ? error.retryable : (failed?.retryable ?? false),
    retryAfterMs: failed?.retryAfterMs,
  });
}

function parse(json: string): { readonly result?: JsonValue; readonly error?: unknown } | undefined {
  if (json === '') return {};
  try {
    const answer = JSON.parse(json) as unknown;
    return typeof answer === 'object' && answer !== null && !Array.isArray(answer) ? answer : undefined;
  } catch {
    return undefined;
  }
}

/** What a processor elsewhere is sent. */
export const callBody = ({
  job,
  fence,
}: {
  job: { id: string; tenantId: string; kind: string; input: JsonValue; deadlineAt: number };
  fence: number;
}) =>
  JSON.stringify({
    job_id: job.id,
    tenant_id: job.tenantId,
    kind: job.kind,
    attempt: fence,
    deadline_at: new Date(job.deadlineAt).toISOString(),
    input: job.input,
  });

/** Milliseconds of a Retry-After in seconds; dates and nonsense are left aside. */
export function retryAfterMs(header: string | null): number | undefined {
  return header !== null && /^\d{1,5}$/.test(header) ? Number(header) * 1000 : undefined;
}

/** The body as text, at most so many bytes. */
export async function boundedText(response: Response, mostBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > mostBytes) {
      throw new JobProcessorError({ code: 'result-too-large', message: `the answer must be at most ${mostBytes} bytes`, retryable: false });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
