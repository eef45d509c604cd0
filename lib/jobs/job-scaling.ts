import type { EventSourceMappingOptions } from 'aws-cdk-lib/aws-lambda';

/**
 * How many workers there may be, and how fast they come.
 *
 * @example
 * import { JobScaling } from 'plinth';
 *
 * const scaling = JobScaling.onDemand(20);
 */
export class JobScaling {
  /**
   * From none up to a number of workers, as the backlog grows: at most 300 more a minute. Idle costs about 0.26 USD a month.
   * @param maxConcurrency workers at most, 2 to 1000; an account's functions share its limit, which is 10 in a new one
   */
  static onDemand(maxConcurrency: number): JobScaling {
    check('onDemand', 'maxConcurrency', maxConcurrency, 2, 1000);
    return new JobScaling({ maxConcurrency });
  }

  /**
   * With pollers that stand ready, 10 workers each: three times as fast in growing, and paid by the hour whether or not there is work.
   * @param minPollers pollers that are always there, 2 to 200
   * @param maxPollers pollers at most, minPollers to 2000
   */
  static provisioned(minPollers: number, maxPollers: number): JobScaling {
    check('provisioned', 'minPollers', minPollers, 2, 200);
    check('provisioned', 'maxPollers', maxPollers, minPollers, 2000);
    return new JobScaling({ provisionedPollerConfig: { minimumPollers: minPollers, maximumPollers: maxPollers } });
  }

  private constructor(
    /** @internal */
    readonly _source: Pick<EventSourceMappingOptions, 'maxConcurrency' | 'provisionedPollerConfig'>,
  ) {}
}

function check(factory: string, parameter: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new Error(
    `JobScaling.${factory}: ${parameter} must be a whole number from ${least} to ${most}, got ${value}; choose one in that range`,
  );
}
