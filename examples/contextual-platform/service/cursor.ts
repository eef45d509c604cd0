import { invalidFields } from '../../shared/http/problems';
import type { DocumentView, Place } from './documents';

const PLACE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (doc_[\w-]{22})$/;

/** The place after a document, as a caller hands it back. It says nothing that the page did not, and is of use to its own tenant only. */
export function cursorAfter({ created_at, document_id }: Pick<DocumentView, 'created_at' | 'document_id'>): string {
  return Buffer.from(`${created_at} ${document_id}`).toString('base64url');
}

export function placeOf(cursor: string): Place {
  const text = Buffer.from(cursor, 'base64url').toString('latin1');
  const [, createdAt, documentId] = PLACE.exec(text) ?? [];
  const isOurs = createdAt !== undefined && isTime(createdAt) && Buffer.from(text, 'latin1').toString('base64url') === cursor;
  if (isOurs) return { createdAt, documentId };
  throw invalidFields([{ field: 'cursor', allowed: 'the next_cursor of an earlier page', given: cursor.slice(0, 80) }]);
}

// The pattern lets 30 February and 25:00 by, which the database would not.
function isTime(text: string): boolean {
  const time = new Date(text);
  return !Number.isNaN(time.getTime()) && time.toISOString() === text;
}
