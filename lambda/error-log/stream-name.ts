import { createHash } from 'node:crypto';

const LONGEST = 512;

/** The error log's stream for a source stream: group and stream, without what CloudWatch Logs refuses in a stream's name. */
export function streamName(sourceGroup: string, sourceStream: string): string {
  const name = `${sourceGroup}/${sourceStream}`.replace(/^\/+/, '').replace(/[:*]/g, '_');
  if (name.length <= LONGEST) return name;
  // A group's and a stream's name may have 512 characters each: the hash keeps what is cut off apart.
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return `${name.slice(0, LONGEST - hash.length - 1)}-${hash}`;
}
