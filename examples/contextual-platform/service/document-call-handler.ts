import type { InternalKeys } from 'plinth-runtime/jobs';
import type { Clock } from 'plinth-runtime/resilience';
import { closed } from '../../shared/api/operation';
import { type FieldFault, faultsOf } from '../../shared/api/schema';
import { jobCallHandler } from '../../shared/http/job-call';
import { documentFaults } from './document-check';
import type { DocumentInput } from './documents';
import type { ExtractorRegistry } from './extractors/registry';
import type { Processing } from './processing';

export interface DocumentCallOptions {
  readonly config: { readonly internalKeys?: InternalKeys };
  readonly extractors: ExtractorRegistry;
  readonly processing: Processing;
  readonly clock: Pick<Clock, 'now'>;
}

interface DocumentJobInput {
  readonly collection_id: string;
  readonly document: DocumentInput;
}

const INPUT = closed({ collection_id: { type: 'string', minLength: 1, maxLength: 64 }, document: { type: 'object' } });

/** Processes the document of a job. */
export function documentCallHandler({ config, extractors, processing, clock }: DocumentCallOptions) {
  function faults(input: unknown): FieldFault[] {
    const found = faultsOf(INPUT, input, 'input');
    return found.length > 0 ? found : documentFaults((input as DocumentJobInput).document, extractors, 'input.document');
  }

  return jobCallHandler<DocumentJobInput>({
    internalKeys: config.internalKeys,
    clock,
    faults,
    invalid: 'invalid-document',
    work: async ({ tenantId, input, deadline }) => {
      const startedAt = clock.now();
      const { document } = await processing.process({ tenantId, collectionId: input.collection_id }, input.document, deadline);
      const { document_id, enrichments } = document.view;
      return { document_id, enrichments, processing_time_ms: clock.now() - startedAt };
    },
  });
}
