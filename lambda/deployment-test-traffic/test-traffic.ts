/** What to send, to which load balancer, and what to accept. */
export interface TestTraffic {
  /** The part of the load balancer's ARN that begins with app/. */
  readonly loadBalancerName: string;
  readonly port: number;
  readonly protocol: 'http' | 'https';
  /** The name that clients call: sent as Host and SNI, and the name the certificate must be for. */
  readonly host: string;
  readonly paths: readonly string[];
  readonly requests: number;
  /** The share of requests, 0 to 1, that may fail. */
  readonly maxErrorRate: number;
  readonly maxP95Ms: number;
  /** Whether the certificate is verified; false only where there is no domain, and so no certificate for one. */
  readonly verify: boolean;
}

type Fields = { readonly [name: string]: unknown };
type Check = readonly [allowed: string, holds: (value: unknown) => boolean];

const isNumber = (value: unknown, min: number, max: number) => typeof value === 'number' && value >= min && value <= max;
const isCount = (value: unknown, min: number, max: number) => Number.isInteger(value) && isNumber(value, min, max);
const matches = (value: unknown, pattern: RegExp) => typeof value === 'string' && pattern.test(value);

const CHECKS: { readonly [name in keyof TestTraffic]: Check } = {
  loadBalancerName: ['app/<name>/<id>', (value) => matches(value, /^app\/[\w-]+\/[0-9a-f]+$/)],
  port: ['1 to 65535', (value) => isCount(value, 1, 65_535)],
  protocol: ['http or https', (value) => value === 'http' || value === 'https'],
  host: ['a host name', (value) => matches(value, /^[a-z0-9.-]{1,253}$/i)],
  paths: [
    'a list of absolute paths',
    (value) => Array.isArray(value) && value.length > 0 && value.every((path) => matches(path, /^\/\S*$/)),
  ],
  requests: ['1 to 10000', (value) => isCount(value, 1, 10_000)],
  maxErrorRate: ['0 to 1', (value) => isNumber(value, 0, 1)],
  maxP95Ms: ['1 to 60000', (value) => isNumber(value, 1, 60_000)],
  verify: ['true or false', (value) => typeof value === 'boolean'],
};

/** Reads the environment variable TEST_TRAFFIC; an error names every fault. */
export function parseTestTraffic(text: string | undefined): TestTraffic {
  const fields = { verify: true, ...parseObject(text) };
  if (isTestTraffic(fields)) return fields;
  throw new Error(`TEST_TRAFFIC: ${faultsOf(fields).join('; ')}`);
}

const isTestTraffic = (fields: Fields): fields is Fields & TestTraffic => faultsOf(fields).length === 0;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

function faultsOf(fields: Fields): string[] {
  return Object.entries(CHECKS)
    .filter(([name, [, holds]]) => !holds(fields[name]))
    .map(([name, [allowed]]) => `${name} must be ${allowed}, got ${JSON.stringify(fields[name]) ?? 'nothing'}`);
}

function parseObject(text: string | undefined): Fields {
  try {
    const value: unknown = JSON.parse(text ?? '');
    if (isFields(value)) return value;
  } catch {
    // Reported below, with what parses to something else.
  }
  throw new Error(`TEST_TRAFFIC: the value must be a JSON object, got ${text ?? 'nothing'}`);
}
