const LONGEST_NAME = 255;
const LONGEST_TAG = 256;

/**
 * The name of a snapshot, `<stage>-<UTC time>-<reason>`, within the rules of RDS: 1 to 255 lower-case letters, digits and single hyphens,
 * a letter first, no hyphen last. A reason that has nothing of the kind in it is left out.
 */
export function snapshotName(stage: string, reason: string, now: Date): string {
  const time = now
    .toISOString()
    .replaceAll(/[-:]|\.\d+/g, '')
    .toLowerCase();
  const name = [slug(stage), time, slug(reason)].filter((part) => part !== '').join('-');
  return (/^[a-z]/.test(name) ? name : `stage-${name}`).slice(0, LONGEST_NAME).replace(/-$/, '');
}

/** What RDS takes as the value of a tag: anything else becomes an underscore. */
export function tagValue(text: string): string {
  return Array.from(text.replaceAll(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '_'))
    .slice(0, LONGEST_TAG)
    .join('')
    .trim();
}

function slug(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}
