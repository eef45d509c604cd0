import type { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { TaskSize } from './task-size';

/**
 * The number of tasks from a moment on.
 *
 * @example
 * import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
 * import type { ScheduledCapacity } from 'plinth';
 *
 * const evening: ScheduledCapacity = { schedule: Schedule.cron({ hour: '20', minute: '0' }), minTasks: 2, maxTasks: 4 };
 */
export interface ScheduledCapacity {
  /** When the numbers take effect, such as `Schedule.cron({ hour: '20', minute: '0' })`; UTC. */
  readonly schedule: Schedule;

  /** The fewest tasks from then on, 0 or more; under 2 gives up the second zone for that time. */
  readonly minTasks: number;

  /**
   * The most tasks from then on.
   * @default - unchanged
   */
  readonly maxTasks?: number;
}

/**
 * How many tasks of what size run, and on what capacity.
 *
 * @example
 * import { Size } from 'aws-cdk-lib';
 * import { type ServiceCapacity, TaskSize } from 'plinth';
 *
 * const capacity: ServiceCapacity = { size: TaskSize.of(2048, Size.gibibytes(4)), minTasks: 4, maxTasks: 20, spotPercent: 50 };
 */
export interface ServiceCapacity {
  /**
   * CPU and memory of a task.
   * @default TaskSize.of(1024, Size.gibibytes(2))
   */
  readonly size?: TaskSize;

  /**
   * The fewest tasks, 2 to 1000 (REC-1.8).
   * @default 2
   */
  readonly minTasks?: number;

  /**
   * The most tasks, minTasks to 1000; REC-1.8 and REC-5.5 ask for 10 to 20.
   * @default 10
   */
  readonly maxTasks?: number;

  /**
   * The share of tasks on Spot, 0 to 100 percent; AWS may take a Spot task back with two minutes' notice.
   * @default 0
   */
  readonly spotPercent?: number;

  /**
   * Numbers of tasks by the clock, for quiet hours and known peaks (REC-11.1), each under a name that stays.
   * @default - none
   */
  readonly schedules?: { [name: string]: ScheduledCapacity };

  /**
   * A queue whose messages the tasks work: one more when the oldest waits for 60 seconds or more, two from 300 seconds on, each for 2 minutes;
   * none goes while one waits for 30 seconds, and tasks may protect themselves while they work. To receive is the caller's to grant:
   * `queue.grantConsumeMessages(api.taskDefinition.taskRole)`.
   * @default - none
   */
  readonly worksQueue?: sqs.IQueue;
}
