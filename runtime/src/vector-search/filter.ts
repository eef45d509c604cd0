import type { SearchFilter } from './types';

/** Collects the values of a statement, and gives each its place. */
export class Values {
  readonly list: unknown[] = [];

  add(value: unknown): string {
    return `$${this.list.push(value)}`;
  }
}

/** A condition in the very form the indexes are made for. */
export function condition({ metadata, taxonomies, createdAfter }: SearchFilter, values: Values): string {
  const all: string[] = [];
  if (metadata && Object.keys(metadata).length > 0) {
    all.push(`metadata @> ${values.add(JSON.stringify(metadata))}::jsonb`);
    // The same again for the index.
    if (typeof metadata.url === 'string') all.push(`metadata->>'url' = ${values.add(metadata.url)}`);
  }
  if (taxonomies && taxonomies.length > 0) all.push(`enrichments->'taxonomies' @> ${values.add(JSON.stringify(taxonomies))}::jsonb`);
  if (createdAfter) all.push(`created_at > ${values.add(createdAfter.toISOString())}::timestamptz`);
  return all.length === 0 ? 'true' : all.join(' AND ');
}
