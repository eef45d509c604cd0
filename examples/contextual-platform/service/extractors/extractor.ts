import type { JsonSchema } from '../../../shared/api/schema';
import { closed, plainText } from '../../../shared/api/operation';

/** What an extractor reads. */
export interface Payload {
  readonly text: string;
  readonly title?: string;
  readonly url?: string;
}

export interface Taxonomy {
  readonly label: string;
  /** 0 to 1. */
  readonly score: number;
}

export interface Keyword {
  readonly keyword: string;
  /** 0 to 1. */
  readonly score: number;
}

/** What a document is enriched with: what its features ask for, and nothing else. */
export interface Enrichments {
  readonly taxonomies?: readonly Taxonomy[];
  readonly keywords?: readonly Keyword[];
}

/** One version of an extractor. The same payload gives the same enrichments for ever: a change is a new version. */
export interface Extractor {
  readonly id: string;
  readonly version: string;
  extract(payload: Payload, signal: AbortSignal): Promise<Enrichments>;
}

/** Each within what an index entry holds (2.7 KB). */
export const URL_SCHEMA: JsonSchema = {
  type: 'string',
  minLength: 10,
  maxLength: 2_000,
  pattern: '^https?://[\\x21-\\x7e]+$',
  description: 'an http or https URL in ASCII',
};

export const PAYLOAD_SCHEMA: JsonSchema = closed(
  { text: plainText(50_000, 'what is read'), title: plainText(500, 'its heading'), url: URL_SCHEMA },
  ['text'],
);
