import { createHash } from 'node:crypto';
import type { StageResource } from '../model/stage-model';

/** A name made of a resource's place, of letters, digits and hyphens, at most so many. */
export function physicalName({ stack, id }: StageResource, most: number): string {
  const whole = `${stack.stackName}-${id}`.replaceAll(/[^A-Za-z0-9-]/g, '-');
  if (whole.length <= most) return whole;
  return `${whole.slice(0, most - 9)}-${createHash('sha256').update(whole).digest('hex').slice(0, 8)}`;
}
