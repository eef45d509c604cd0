/** One step of a path: a property (or all of them), an element, or the elements whose property has a value. */
export type Step = string | number | { readonly key: string; readonly value: string };

/** Marks every element of a list, or every value of an object; no property of CloudFormation is named so. */
export const ALL = '*';

const STEP = /\.?([\w:-]+)|\[(\d+)\]|\[(\*)\]|\["([^"]*)"\]|\[([\w:.-]+)=([^\]]*)\]/y;

/** Reads `Subnets[0]`, `Rules[*].Name`, `Attributes[Key=idle_timeout.timeout_seconds].Value` or `Parameters["rds.force_ssl"]`. */
export function parsePath(path: string): Step[] {
  const steps: Step[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < path.length) {
    const start = STEP.lastIndex;
    const match = STEP.exec(path);
    if (!match) throw new Error(`conformance: a path must be names and [selectors], got ${path} (at ${path.slice(start)}); see path.ts`);
    const [, name, index, all, quoted, key, value] = match;
    if (index !== undefined) steps.push(Number(index));
    else if (key !== undefined) steps.push({ key, value });
    else steps.push(all ?? quoted ?? name);
  }
  return steps;
}

/** Writes a path of properties and elements so that `parsePath` reads it. */
export function formatPath(steps: readonly (string | number)[]): string {
  return steps
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!/^[\w:-]+$/.test(step)) return `["${step}"]`;
      return index === 0 ? step : `.${step}`;
    })
    .join('');
}
