import { type JobsEnvironment, jobsEnvironment, listedKinds } from '../shared/jobs-environment';

/** Who does the work of a kind. */
export type ProcessorConfig =
  { readonly type: 'function'; readonly functionName: string } | { readonly type: 'http'; readonly url: string };

export interface WorkerEnvironment extends JobsEnvironment {
  readonly resultBucket?: string;
  readonly internalKeySecretArn?: string;
  readonly processors: ReadonlyMap<string, ProcessorConfig>;
}

/** As `jobsEnvironment`, with each kind's `processor`, and JOB_RESULT_BUCKET and INTERNAL_API_KEY_SECRET_ARN, both optional. */
export function workerEnvironment(environment: NodeJS.ProcessEnv): WorkerEnvironment {
  const { INTERNAL_API_KEY_SECRET_ARN: internalKeySecretArn, JOB_RESULT_BUCKET: resultBucket } = environment;
  const jobs = jobsEnvironment(environment, (listed) =>
    listed.flatMap(({ name, processor }) => processorFaults(name, processor, internalKeySecretArn)),
  );
  const processors = new Map((listedKinds(environment) ?? []).map(({ name, processor }) => [name, processor as ProcessorConfig]));
  return { ...jobs, resultBucket: resultBucket || undefined, internalKeySecretArn: internalKeySecretArn || undefined, processors };
}

function processorFaults(kind: string, processor: unknown, secretArn: string | undefined): string[] {
  const { type, functionName, url } = (processor ?? {}) as Record<string, unknown>;
  const fault = (field: string, allowed: string, given: unknown) =>
    `JOB_KINDS: ${kind}: ${field} must be ${allowed}, got ${JSON.stringify(given)}`;
  if (type === 'function')
    return typeof functionName === 'string' ? [] : [fault('processor.functionName', "a function's name", functionName)];
  if (type !== 'http') return [fault('processor.type', 'function or http', type)];
  return [
    ...(typeof url === 'string' && URL.canParse(url) ? [] : [fault('processor.url', 'a URL', url)]),
    ...(secretArn ? [] : [`INTERNAL_API_KEY_SECRET_ARN must be set for the http processor of ${kind}, got nothing`]),
  ];
}
