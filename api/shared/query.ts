import { type FieldFault, shown } from './problem';

export const oneOf = (field: string, given: string, allowed: readonly string[]): FieldFault => ({
  field,
  given: shown(given),
  allowed: `one of ${allowed.join(', ')}`,
});

export function unknownParameters(query: URLSearchParams, names: readonly string[]): FieldFault[] {
  const given = [...query.keys()];
  return [...new Set(given)].flatMap((name) => {
    const field = name.slice(0, 100);
    if (!names.includes(name)) return [{ field, given: shown(query.get(name)), allowed: `no parameter but ${names.join(', ')}` }];
    return query.getAll(name).length > 1 ? [{ field, given: `${query.getAll(name).length} times`, allowed: 'once' }] : [];
  });
}

export function wholeNumber(query: URLSearchParams, field: string, least: number, most: number, otherwise: number) {
  const given = query.get(field);
  if (given === null) return { value: otherwise, faults: [] };
  const value = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
  if (value >= least && value <= most) return { value, faults: [] };
  return { value: otherwise, faults: [{ field, given: shown(given), allowed: `a whole number from ${least} to ${most}` }] };
}
