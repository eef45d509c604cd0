import { DAYS, HOURS } from './price';

const MINUTES: { readonly [unit: string]: number } = { minute: 1, hour: 60, day: 24 * 60 };

/**
 * How often a schedule of EventBridge comes in a month, in the two shapes that can be counted from the text: a rate, and a time of every day.
 *
 * @returns undefined for any other
 */
export function runsAMonth(expression: string): number | undefined {
  const [, every, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  if (every !== undefined && Number(every) > 0) return (HOURS * 60) / (Number(every) * MINUTES[unit]);
  return /^cron\(\d+ \d+ (\*|\?) \* (\*|\?) \*\)$/.test(expression) ? DAYS : undefined;
}
