import type { Operation } from './operation';

/** The route that the worker of the queue calls for one job, signed with the internal key. */
export const jobOperation = (path: string, maxBytes?: number) =>
  ({
    operationId: 'processJob',
    method: 'POST',
    path,
    summary: 'Does one job',
    isInternal: true,
    body: { required: true, schema: { type: 'object', description: 'a job' }, maxBytes },
    answers: { 200: { description: 'The result of the job, or why it can have none.' } },
    problems: [401, 501, 503],
  }) as const satisfies Operation;
