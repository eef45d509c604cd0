import { isResolved, shown } from '../../../../lib/assembly';
import { LocalFailure } from '../failure';

/** What every process is given beside its own environment: where programs are, and a home. */
export function baseEnvironment(from: { readonly [name: string]: string | undefined }): { [name: string]: string } {
  return { PATH: from.PATH ?? '/usr/local/bin:/usr/bin:/bin', HOME: from.HOME ?? '/' };
}

/** The text of a resolved value; what only a deployment knows is an error that names it. */
export function textKnown(where: string, value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  const given = isResolved(value) ? String(shown(value)) : JSON.stringify(value);
  throw new LocalFailure(`${where}: the value must be known without a deployment, got ${given}; give it in a file by --env`);
}
