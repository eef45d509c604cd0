/** The part of JSON Schema (2020-12) that requests are described with: documented and checked by the same words. */
export interface JsonSchema {
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object';
  readonly $ref?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  /** In characters (code points), as JSON Schema counts. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Of a regular expression with the flag u. */
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: { readonly [name: string]: JsonSchema };
  readonly required?: readonly string[];
  readonly additionalProperties?: false | JsonSchema;
  readonly maxProperties?: number;
  readonly propertyNames?: JsonSchema;
  /** For readers alone: what is described so is checked by one of them. */
  readonly anyOf?: readonly JsonSchema[];
}

/** One field that is not as its schema says. */
export interface FieldFault {
  /** Where it stands, such as `filter.taxonomies[2]`. */
  readonly field: string;
  readonly allowed: string;
  readonly given: string;
}

const MAX_FAULTS = 20;
const MAX_SHOWN = 80;
const RFC_3339 =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const patterns = new Map<string, RegExp>();

/** Every field of a value that its schema does not allow. */
export function faultsOf(schema: JsonSchema, value: unknown, field = ''): FieldFault[] {
  const faults: FieldFault[] = [];
  check(schema, value, field, faults);
  return faults;
}

function check(schema: JsonSchema, value: unknown, field: string, faults: FieldFault[]): void {
  if (faults.length >= MAX_FAULTS) return;
  const allowed = violated(schema, value);
  if (allowed !== undefined) faults.push({ field, allowed, given: shown(value) });
  else if (Array.isArray(value)) value.forEach((item: unknown, at) => check(schema.items ?? {}, item, `${field}[${at}]`, faults));
  else if (isObject(value)) checkProperties(schema, value, field, faults);
}

function checkProperties(schema: JsonSchema, value: Fields, field: string, faults: FieldFault[]): void {
  const { properties = {}, required = [], additionalProperties, propertyNames } = schema;
  const within = (name: string) => (field === '' ? name : `${field}.${name}`);
  for (const name of required) {
    if (!Object.hasOwn(value, name)) faults.push({ field: within(name), allowed: allowedBy(properties[name] ?? {}), given: 'nothing' });
  }
  for (const [name, of] of Object.entries(value)) {
    if (Object.hasOwn(properties, name)) check(properties[name], of, within(name), faults);
    else if (propertyNames !== undefined && !holds(propertyNames, name)) {
      if (faults.length < MAX_FAULTS)
        faults.push({ field: within(cut(name)), allowed: `named by ${allowedBy(propertyNames)}`, given: shown(of) });
    } else if (additionalProperties !== undefined && additionalProperties !== false)
      check(additionalProperties, of, within(cut(name)), faults);
    else if (additionalProperties === false && faults.length < MAX_FAULTS) {
      faults.push({
        field: within(cut(name)),
        allowed: `left out; known here: ${Object.keys(properties).join(', ') || 'nothing'}`,
        given: shown(of),
      });
    }
  }
}

type Fields = { readonly [name: string]: unknown };

/** What a value would have to be, when it is not that. */
function violated(schema: JsonSchema, value: unknown): string | undefined {
  return holds(schema, value) ? undefined : allowedBy(schema);
}

function holds(schema: JsonSchema, value: unknown): boolean {
  if (schema.type !== undefined && !isOfType(schema.type, value)) return false;
  if (schema.enum !== undefined && !schema.enum.includes(value)) return false;
  if (typeof value === 'string') return stringHolds(schema, value);
  if (typeof value === 'number') return value >= (schema.minimum ?? -Infinity) && value <= (schema.maximum ?? Infinity);
  if (Array.isArray(value)) return value.length >= (schema.minItems ?? 0) && value.length <= (schema.maxItems ?? Infinity);
  if (isObject(value)) return Object.keys(value).length <= (schema.maxProperties ?? Infinity);
  return true;
}

function isOfType(type: NonNullable<JsonSchema['type']>, value: unknown): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}

function stringHolds({ minLength = 0, maxLength = Infinity, pattern, format }: JsonSchema, value: string): boolean {
  const length = value.length > maxLength || value.length <= minLength * 2 ? Array.from(value).length : value.length;
  if (length < minLength || length > maxLength) return false;
  if (pattern !== undefined && !compiled(pattern).test(value)) return false;
  return format !== 'date-time' || isDateTime(value);
}

function isDateTime(value: string): boolean {
  if (!RFC_3339.test(value)) return false;
  // Date reads 30 February as 2 March.
  const [year, month, day] = value.slice(0, 10).split('-').map(Number);
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function compiled(pattern: string): RegExp {
  const known = patterns.get(pattern) ?? new RegExp(pattern, 'u');
  patterns.set(pattern, known);
  return known;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The schema in words. */
function allowedBy(schema: JsonSchema): string {
  const { type, minLength, maxLength, minimum, maximum, minItems = 0, maxItems, maxProperties, description } = schema;
  if (schema.enum !== undefined) return `one of ${schema.enum.map((one) => JSON.stringify(one)).join(', ')}`;
  const note = description === undefined ? '' : ` (${description})`;
  if (type === 'integer') return `a whole number from ${minimum ?? '-2^53'} to ${maximum ?? '2^53'}`;
  if (type === 'string' && schema.format === 'date-time') return `a string with a date and time as in RFC 3339${note}`;
  if (type === 'string' && maxLength !== undefined) return `a string of ${minLength ?? 0} to ${maxLength} characters${note}`;
  if (type === 'array' && maxItems !== undefined) return `a list of ${minItems} to ${maxItems} values${note}`;
  if (type === 'object' && maxProperties !== undefined) return `an object of at most ${maxProperties} properties${note}`;
  if (type === undefined) return 'a value';
  return `${type === 'array' || type === 'object' ? 'an' : 'a'} ${type}${note}`;
}

function shown(value: unknown): string {
  if (typeof value === 'string' && value.length > MAX_SHOWN) return `a string of ${Array.from(value).length} characters`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isObject(value)) return `an object of ${Object.keys(value).length}`;
  return JSON.stringify(value);
}

function cut(name: string): string {
  return name.length <= MAX_SHOWN ? name : `${name.slice(0, MAX_SHOWN)}...`;
}
