import { type FieldFault, faultsOf } from '../../shared/api/schema';
import { DOCUMENT_SCHEMA, FEATURE_NAMES } from './api/components';
import type { DocumentInput, Feature } from './documents';
import type { ExtractorRegistry } from './extractors/registry';

/** A tsvector holds 1 MB; the runtime takes contents up to 256 KiB, and so many bytes of them leave room for the rest. */
export const MAX_TEXT_BYTES = 200_000;

/** Everything that is wrong with a document: its shape, and what no schema tells. */
export function documentFaults(value: unknown, extractors: ExtractorRegistry, path = '', schema = DOCUMENT_SCHEMA): FieldFault[] {
  const faults = faultsOf(schema, value, path);
  const { features } = (value ?? {}) as { readonly features?: unknown };
  const field = path === '' ? 'features' : `${path}.features`;
  const isList = Array.isArray(features) && !faults.some((fault) => fault.field === field);
  if (isList) faults.push(...extractorFaults(features, extractors, field));
  return faults.length > 0 ? faults : sizeFaults((value as DocumentInput).features, field);
}

/** Extractors and versions that there are not; where a name is no name, its shape was at fault already. */
function extractorFaults(features: readonly unknown[], extractors: ExtractorRegistry, field: string): FieldFault[] {
  const named = features.map((feature) => (faultsOf(FEATURE_NAMES, feature).length === 0 ? (feature as Feature) : undefined));
  return named.flatMap((feature, at): FieldFault[] => {
    if (feature === undefined) return [];
    const { feature_extractor_id: id, version } = feature;
    const fault = (name: keyof Feature, allowed: string): FieldFault[] => [
      { field: `${field}[${at}].${name}`, allowed, given: JSON.stringify(feature[name]) },
    ];
    const versions = extractors.versions(id);
    if (versions.length === 0) return fault('feature_extractor_id', oneOf(extractors.ids));
    const earlier = named.findIndex((other) => other?.feature_extractor_id === id);
    if (earlier < at) return fault('feature_extractor_id', `an extractor that no earlier feature names (features[${earlier}] does)`);
    return versions.includes(version) ? [] : fault('version', `${oneOf(versions)} for ${id}`);
  });
}

function sizeFaults(features: readonly Feature[], field: string): FieldFault[] {
  const bytes = Buffer.byteLength(contentOf(features));
  return bytes > MAX_TEXT_BYTES ? [{ field, allowed: `of at most ${MAX_TEXT_BYTES} bytes of text together`, given: `${bytes} bytes` }] : [];
}

/** What a document is found by: each title and text once. */
export function contentOf(features: readonly Feature[]): string {
  return [...new Set(features.flatMap(({ payload: { title, text } }) => (title === undefined ? [text] : [title, text])))].join('\n\n');
}

function oneOf(values: readonly string[]): string {
  return `one of ${values.map((value) => JSON.stringify(value)).join(', ')}`;
}
