import { type InternalKeys, SIGNATURE_HEADER, verifyCall } from 'plinth-runtime/jobs';
import type { Clock, Deadline } from 'plinth-runtime/resilience';
import { type FieldFault, faultsOf } from '../api/schema';
import { type Answer, json } from './answer';
import type { Call } from './call';
import { RequestProblem } from './problems';
import { toProblem } from './unavailable';

export interface JobCallOptions<Input> {
  /** What calls of the worker are signed with; without it every call is answered 501. */
  readonly internalKeys?: InternalKeys;
  readonly clock: Pick<Clock, 'now'>;
  /** What is wrong with an input. It is asked again here, as another version may have queued it. */
  readonly faults: (input: unknown) => readonly FieldFault[];
  /** The code of a job's error whose input has faults. */
  readonly invalid: string;
  /** Makes the result of a job; doing it again must change nothing. */
  readonly work: (job: { readonly tenantId: string; readonly input: Input; readonly deadline: Deadline }) => Promise<object>;
}

export const JOBS_UNAVAILABLE = { code: 'async-not-configured', status: 501, title: 'This deployment has no queue of jobs' } as const;
const CALL_REFUSED = { code: 'call-refused', status: 401, title: 'The call is not one of the worker' } as const;

const CALL = {
  type: 'object',
  required: ['tenant_id', 'input'],
  properties: { tenant_id: { type: 'string', minLength: 1, maxLength: 128 }, input: { type: 'object' } },
} as const;

/** Does what a job asks for; only the worker can ask. */
export function jobCallHandler<Input>({ clock, internalKeys, faults, invalid, work }: JobCallOptions<Input>) {
  return async (call: Call): Promise<Answer> => {
    checkSignature(call, internalKeys, clock.now());
    const { body, deadline } = call;
    const { tenant_id: tenantId, input } = body as { readonly tenant_id: string; readonly input: Input };
    const shape = faultsOf(CALL, body);
    const found = shape.length > 0 ? shape : faults(input);
    if (found.length > 0) return refusal(invalid, found);
    try {
      return json(200, { result: await work({ tenantId, input, deadline }) });
    } catch (error) {
      throw toProblem(error);
    }
  };
}

function checkSignature({ method, target, bytes, headers }: Call, keys: InternalKeys | undefined, now: number): void {
  if (!keys) throw new RequestProblem(JOBS_UNAVAILABLE, 'INTERNAL_API_KEY must be set to take jobs, got nothing');
  const given = headers[SIGNATURE_HEADER];
  const verdict = verifyCall({ method, target, body: bytes }, Array.isArray(given) ? given[0] : given, keys, now);
  if (verdict.isValid) return;
  throw new RequestProblem(CALL_REFUSED, `${SIGNATURE_HEADER} must be a fresh signature of this call, got one that is ${verdict.reason}`);
}

/** Final: the same call would be refused again. */
function refusal(code: string, faults: readonly FieldFault[]): Answer {
  const message = faults.map(({ field, allowed, given }) => `${field || 'the body'} must be ${allowed}, got ${given}`).join('; ');
  return json(200, { error: { code, message: message.slice(0, 1_000), retryable: false } });
}
