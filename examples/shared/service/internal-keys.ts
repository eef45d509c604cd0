import { type InternalKeys, internalKeys } from 'plinth-runtime/jobs';

/** What calls of the job worker are signed with, none where it is not told. The value is a secret: what was given is never named. */
export function internalKeysOf({ INTERNAL_API_KEY: json }: NodeJS.ProcessEnv, faults: string[]): InternalKeys | undefined {
  if (json === undefined || json === '') return undefined;
  try {
    return internalKeys(json);
  } catch {
    faults.push('INTERNAL_API_KEY must be JSON with current, and previous if there is one, got something else');
    return undefined;
  }
}
