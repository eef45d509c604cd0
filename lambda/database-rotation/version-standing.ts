/** The versions of a secret with their stages. */
export type Versions = ReadonlyMap<string, readonly string[]>;

/** What a version is to a rotation: still to be made the current one, or current already. */
export type Standing = 'pending' | 'current';

/** Refuses a version that another rotation has overtaken, so that a late step of an old one changes nothing. */
export function standingOf(versions: Versions, token: string): Standing {
  const stages = versions.get(token);
  if (!stages) throw new Error(`version ${token} must be one of the secret, got none of that id; start a new rotation`);
  if (stages.includes('AWSCURRENT')) return 'current';
  if (stages.includes('AWSPENDING')) return 'pending';
  throw new Error(`version ${token} must be AWSPENDING, got ${stages.join(', ') || 'no stage'}; start a new rotation`);
}

/** The version that holds the password in use. */
export function currentVersion(versions: Versions): string {
  const current = [...versions].find(([, stages]) => stages.includes('AWSCURRENT'));
  if (!current) throw new Error('one version of the secret must be AWSCURRENT, got none; put the stage back on the last good version');
  return current[0];
}
