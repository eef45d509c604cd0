import type { InternalKeys } from 'plinth-runtime/jobs';
import { ConfigError, type HttpConfig, httpConfig, wholeReader } from '../../shared/service/config';
import { internalKeysOf } from '../../shared/service/internal-keys';

/** What the service itself is told; its database, cache and provider read their own variables. */
export interface ServiceConfig extends HttpConfig {
  /** How long what an extractor found stands. */
  readonly featureCacheSeconds: number;
  /** What calls of the job worker are signed with. */
  readonly internalKeys?: InternalKeys;
  readonly jobs?: JobsConfig;
}

/** Where jobs are kept and announced. */
export interface JobsConfig {
  readonly table: string;
  readonly queueUrl: string;
  readonly region: string;
}

/** Reads the service's own variables. */
export function serviceConfig(environment: NodeJS.ProcessEnv): ServiceConfig {
  const faults: string[] = [];
  const whole = wholeReader(environment, faults);
  const config: ServiceConfig = {
    ...httpConfig(environment, whole),
    featureCacheSeconds: whole('FEATURE_CACHE_SECONDS', [3_600, 86_400], 3_600),
    internalKeys: internalKeysOf(environment, faults),
    jobs: jobs(environment, faults),
  };
  if (faults.length > 0) throw new ConfigError(faults);
  return config;
}

function jobs(environment: NodeJS.ProcessEnv, faults: string[]): JobsConfig | undefined {
  const { JOB_TABLE: table = '', JOB_QUEUE_URL: queueUrl = '', AWS_REGION: region = '', INTERNAL_API_KEY: key = '' } = environment;
  if (table === '' && queueUrl === '') return undefined;
  if (table === '') faults.push('JOB_TABLE must be set where JOB_QUEUE_URL is, got nothing');
  if (!URL.canParse(queueUrl)) faults.push(`JOB_QUEUE_URL must be the URL of a queue, got ${queueUrl.slice(0, 80) || 'nothing'}`);
  if (region === '') faults.push('AWS_REGION must be set where JOB_TABLE is, got nothing');
  if (key === '') faults.push('INTERNAL_API_KEY must be set where JOB_TABLE is, got nothing');
  return { table, queueUrl, region };
}
