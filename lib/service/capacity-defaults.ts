import { Size } from 'aws-cdk-lib';
import type { ServiceCapacity } from './service-capacity';
import { TaskSize } from './task-size';

/** @internal */
export type Capacity = Required<Omit<ServiceCapacity, 'worksQueue'>> & Pick<ServiceCapacity, 'worksQueue'>;

/**
 * The capacity with its defaults, checked.
 * @internal
 */
export function resolveCapacity(path: string, capacity: ServiceCapacity = {}): Capacity {
  const {
    size = TaskSize.of(1024, Size.gibibytes(2)),
    minTasks = 2,
    maxTasks = 10,
    spotPercent = 0,
    schedules = {},
    worksQueue,
  } = capacity;
  const whole = (prop: string, value: number, from: number, to: number, change: string) => {
    if (!Number.isInteger(value) || value < from || value > to) {
      throw new Error(`${path}: ${prop} must be a whole number from ${from} to ${to}, got ${value}; ${change}`);
    }
  };
  if (maxTasks < minTasks)
    throw new Error(`${path}: maxTasks must be at least minTasks (${minTasks}), got ${maxTasks}; raise maxTasks or lower minTasks`);
  whole('maxTasks', maxTasks, 2, 1000, 'name a number of tasks');
  whole('minTasks', minTasks, 2, 1000, "two tasks are what keeps a zone's loss from being an outage");
  whole('spotPercent', spotPercent, 0, 100, 'name a percentage');
  for (const [name, scheduled] of Object.entries(schedules)) {
    whole(`schedules.${name}.minTasks`, scheduled.minTasks, 0, 1000, 'name a number of tasks');
    if (scheduled.maxTasks !== undefined) {
      whole(`schedules.${name}.maxTasks`, scheduled.maxTasks, Math.max(scheduled.minTasks, 1), 1000, "raise it to the schedule's minTasks");
    }
  }
  return { size, minTasks, maxTasks, spotPercent, schedules, worksQueue };
}
