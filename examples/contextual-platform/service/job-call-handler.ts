import { type InternalKeys, SIGNATURE_HEADER, verifyCall } from 'plinth-runtime/jobs';
import type { Clock } from 'plinth-runtime/resilience';
import { closed } from '../../shared/api/operation';
import { type FieldFault, faultsOf } from '../../shared/api/schema';
import { type Answer, json } from '../../shared/http/answer';
import type { Call } from '../../shared/http/call';
import { RequestProblem } from '../../shared/http/problems';
import { toProblem } from '../../shared/http/unavailable';
import { documentFaults } from './document-check';
import type { DocumentInput } from './documents';
import type { ExtractorRegistry } from './extractors/registry';
import { ASYNC_UNAVAILABLE, CALL_REFUSED } from './problems';
import type { Processing } from './processing';

export interface JobCallOptions {
  readonly config: { readonly internalKeys?: InternalKeys };
  readonly extractors: ExtractorRegistry;
  readonly processing: Processing;
  readonly clock: Pick<Clock, 'now'>;
}

interface JobCall {
  readonly tenant_id: string;
  readonly input: { readonly collection_id: string; readonly document: DocumentInput };
}

const CALL = {
  type: 'object',
  required: ['tenant_id', 'input'],
  properties: {
    tenant_id: { type: 'string', minLength: 1, maxLength: 128 },
    input: closed({ collection_id: { type: 'string', minLength: 1, maxLength: 64 }, document: { type: 'object' } }),
  },
} as const;

/** Does what a job asks for; only the worker can ask, and doing it again changes nothing. */
export function jobCallHandler({ config, extractors, processing, clock }: JobCallOptions): (call: Call) => Promise<Answer> {
  return async ({ method, target, bytes, headers, body, deadline }) => {
    const { internalKeys } = config;
    if (!internalKeys) throw new RequestProblem(ASYNC_UNAVAILABLE, 'INTERNAL_API_KEY must be set to take jobs, got nothing');
    const signature = headers[SIGNATURE_HEADER];
    const verdict = verifyCall(
      { method, target, body: bytes },
      Array.isArray(signature) ? signature[0] : signature,
      internalKeys,
      clock.now(),
    );
    if (!verdict.isValid)
      throw new RequestProblem(
        CALL_REFUSED,
        `${SIGNATURE_HEADER} must be a fresh signature of this call, got one that is ${verdict.reason}`,
      );
    const faults = faultsOf(CALL, body);
    if (faults.length > 0) return refusal(faults);
    const { tenant_id: tenantId, input } = body as JobCall;
    // Another version may have queued it.
    const documentFaultsNow = documentFaults(input.document, extractors, 'document');
    if (documentFaultsNow.length > 0) return refusal(documentFaultsNow);
    const startedAt = clock.now();
    try {
      const { document } = await processing.process({ tenantId, collectionId: input.collection_id }, input.document, deadline);
      const { document_id, enrichments } = document.view;
      return json(200, { result: { document_id, enrichments, processing_time_ms: clock.now() - startedAt } });
    } catch (error) {
      throw toProblem(error);
    }
  };
}

/** Final: the same call would be refused again. */
function refusal(faults: readonly FieldFault[]): Answer {
  const message = faults.map(({ field, allowed, given }) => `${field || 'the body'} must be ${allowed}, got ${given}`).join('; ');
  return json(200, { error: { code: 'invalid-document', message: message.slice(0, 1_000), retryable: false } });
}
