import type { Duration } from 'aws-cdk-lib';
import type { JobKind } from './job-kind';
import type { JobProcessor } from './job-processor';
import type { JobScaling } from './job-scaling';

/**
 * The jobs of a platform.
 *
 * @example
 * import { JobProcessor, type JobOptions } from 'plinth';
 *
 * const jobs: JobOptions = {
 *   kinds: [{ name: 'recommend' }],
 *   processors: { recommend: JobProcessor.http('/internal/jobs/recommend') },
 * };
 */
export interface JobOptions {
  /** The kinds of jobs, 1 to 10. */
  readonly kinds: JobKind[];

  /** Who does the work of each kind, by its name; a path that names no service is the platform's own. */
  readonly processors: { [kind: string]: JobProcessor };

  /**
   * How many workers there may be.
   * @default JobScaling.onDemand(5)
   */
  readonly scaling?: JobScaling;

  /**
   * How long the worker has for what it took at once, 10 seconds to 15 minutes.
   * @default Duration.minutes(5)
   */
  readonly attemptTimeout?: Duration;
}
