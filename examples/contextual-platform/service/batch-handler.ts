import { setMaxListeners } from 'node:events';
import { type Clock, Deadline } from 'plinth-runtime/resilience';
import type { FieldFault } from '../../shared/api/schema';
import { type Answer, json } from '../../shared/http/answer';
import type { Call } from '../../shared/http/call';
import { problemAnswer } from '../../shared/http/problem-answer';
import { CONDITIONS, invalidFields, RequestProblem } from '../../shared/http/problems';
import { toProblem } from '../../shared/http/unavailable';
import { BATCH_DOCUMENT_SCHEMA } from './api/components';
import { documentFaults } from './document-check';
import type { Collection, DocumentInput, DocumentView } from './documents';
import type { ExtractorRegistry } from './extractors/registry';
import type { Processing } from './processing';

/** A document of a batch that failed by our own fault. */
export interface BatchFailure {
  readonly requestId: string;
  readonly index: number;
  readonly error: unknown;
}

export interface BatchOptions {
  readonly extractors: ExtractorRegistry;
  readonly processing: Processing;
  readonly clock: Clock;
  readonly collectionOf: (call: Call) => Collection;
  readonly failed: (failure: BatchFailure) => void;
}

/** Kept back of the request's time, so that documents which are late leave the others their answer. */
const ANSWER_MS = 500;

type Item = { readonly document: DocumentView } | { readonly problem: RequestProblem };

/** Processes the documents of a call side by side; each is answered as if it had come alone. */
export function batchHandler({ extractors, processing, clock, collectionOf, failed }: BatchOptions): (call: Call) => Promise<Answer> {
  async function one(call: Call, collection: Collection, index: number, value: unknown, deadline: Deadline): Promise<Item> {
    const faults = faultsOfItem(call.body as Body, index, value, extractors);
    if (faults.length > 0) return { problem: invalidFields(faults) };
    try {
      const { document } = await processing.process(collection, value as DocumentInput, deadline);
      return { document: document.view };
    } catch (error) {
      const problem = toProblem(error);
      if (problem instanceof RequestProblem) return { problem };
      failed({ requestId: call.requestId, index, error });
      return { problem: new RequestProblem(CONDITIONS.internal, 'the failure is in the log under the requestId') };
    }
  }

  return async (call) => {
    const collection = collectionOf(call);
    const { documents } = call.body as Body;
    const deadline = Deadline.after(Math.max(0, call.deadline.remainingMs - ANSWER_MS), clock, call.deadline.signal);
    // Every step of every document listens to it.
    setMaxListeners(0, deadline.signal);
    const items = await Promise.all(documents.map((value, index) => one(call, collection, index, value, deadline)));
    const succeeded = items.filter((item) => 'document' in item).length;
    const views = items.map((item, index) => itemView(item, index, documents[index], call.requestId));
    return json(207, { succeeded, failed: items.length - succeeded, items: views });
  };
}

interface Body {
  readonly documents: readonly unknown[];
}

function faultsOfItem({ documents }: Body, index: number, value: unknown, extractors: ExtractorRegistry): FieldFault[] {
  const field = `documents[${index}]`;
  const faults = documentFaults(value, extractors, field, BATCH_DOCUMENT_SCHEMA);
  const objectId = objectIdOf(value);
  const earlier = objectId === undefined ? index : documents.findIndex((other) => objectIdOf(other) === objectId);
  if (earlier === index) return faults;
  const allowed = `another than those before it in the batch (documents[${earlier}] has it)`;
  return [...faults, { field: `${field}.object_id`, allowed, given: JSON.stringify(objectId).slice(0, 80) }];
}

function objectIdOf(value: unknown): string | undefined {
  const { object_id: objectId } = (value ?? {}) as { readonly object_id?: unknown };
  return typeof objectId === 'string' ? objectId : undefined;
}

function itemView(item: Item, index: number, sent: unknown, requestId: string): object {
  const known = { index, object_id: objectIdOf(sent) };
  if ('document' in item) return { ...known, status: 200, document: item.document };
  const { status, body = '' } = problemAnswer(item.problem, requestId);
  return { ...known, status, problem: JSON.parse(body) as object };
}
