import { isIP } from 'node:net';
import { type RouteLimits } from 'plinth-runtime';
import type { JobKindOptions } from 'plinth-runtime/jobs';

/** What the gateway does, as the environment variable PLINTH_GATEWAY says it. The defaults stand with the constructs, not here. */
export interface GatewayConfig {
  readonly service: string;
  readonly listen: {
    readonly port: number;
    readonly tls: boolean;
    /** Every address of the host when it is left out. */ readonly host?: string;
  };
  readonly app: { readonly port: number; readonly livePath: string; readonly readyPath: string };
  readonly keepAliveMs: number;
  readonly routes: readonly RouteLimits[];
  readonly drain: { readonly graceMs: number; readonly timeoutMs: number };
  /** None: no keys are asked for. */
  readonly access?: AccessConfig;
  /** None: the gateway serves no jobs. */
  readonly jobs?: JobsConfig;
  /** None: the gateway serves no webhooks, and no job's end is told. */
  readonly webhooks?: WebhooksConfig;
}

export interface AccessConfig {
  readonly table: string;
  readonly region: string;
  /** Exact (`/api/openapi.json`) or a prefix (`/public/*`); health needs no key in any case. */
  readonly publicPaths: readonly string[];
  /** Whether the app is given the key as well. */
  readonly forwardKey: boolean;
}

export interface JobsConfig {
  readonly table: string;
  readonly queueUrl: string;
  readonly region: string;
  readonly kinds: readonly JobKindOptions[];
  /** Where results of more than 32 KB lie. */
  readonly resultBucket?: string;
}

export interface WebhooksConfig {
  readonly table: string;
  readonly fanOutQueueUrl: string;
  readonly deliverQueueUrl: string;
  readonly quarantineQueueUrl: string;
  readonly region: string;
  /** The ARN of the key that wraps what seals secrets. */
  readonly keyId: string;
  /** Hosts that no webhook may be sent to: the platform's own. */
  readonly refusedHosts: readonly string[];
}

/** The configuration cannot be used; every fault is named. */
export class GatewayConfigError extends Error {
  readonly code = 'gateway-config-invalid';

  constructor(readonly faults: readonly string[]) {
    super(`PLINTH_GATEWAY: ${faults.join('; ')}`);
  }
}

type Check = { readonly allowed: string; readonly holds: (value: unknown) => boolean };
type Fields = Readonly<Record<string, unknown>>;

const whole = (from: number, to: number): Check => ({
  allowed: `a whole number from ${from} to ${to}`,
  holds: (value) => Number.isInteger(value) && Number(value) >= from && Number(value) <= to,
});
const text = (pattern: RegExp, allowed: string): Check => ({ allowed, holds: (value) => typeof value === 'string' && pattern.test(value) });

const HOUR_MS = 3_600_000;
const flag: Check = { allowed: 'true or false', holds: (value) => typeof value === 'boolean' };
const address: Check = { allowed: 'an IP address', holds: (value) => typeof value === 'string' && isIP(value) > 0 };
const absolutePath = text(/^\/[\w\-./]*$/, 'an absolute path');
const routePath = text(/^\/(?:[\w\-./]*|(?:[\w\-./]*\/)?\*)$/, 'an absolute path or a prefix that ends in /*');
const publicPath = text(/^\/(?:[\w\-./]*|[\w\-./]*\/\*)$/, 'an absolute path or a prefix that ends in /*');
const table = text(/^[\w.-]{3,255}$/, 'the name of a table');
const region = text(/^[a-z]{2,}(?:-[a-z]+)+-\d$/, 'a region such as eu-west-1');
const queueUrl = text(/^https?:\/\/[^\s]+$/, 'the URL of a queue');
const keyArn = text(/^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/, 'the ARN of a key of KMS');
const hostName = text(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:\d{1,5})?$/, 'a host name in lower case, with a port or without');
const routeClass = text(/^[a-z]+(?:-[a-z]+)*$/, 'lower-case words with hyphens');

/** Parses the configuration and checks every field of it. */
export function parseConfig(json: string | undefined): GatewayConfig {
  if (json === undefined || json === '') throw new GatewayConfigError(['the variable must be set, got nothing']);
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    throw new GatewayConfigError(['the value must be JSON, got something else']);
  }
  const faults: string[] = [];
  if (!isConfig(parsed, faults)) throw new GatewayConfigError(faults);
  return parsed;
}

function isConfig(parsed: unknown, faults: string[]): parsed is GatewayConfig {
  const config = fieldsOf(parsed);
  check(config, '', { service: text(/^[\w.-]{1,128}$/, 'a name of letters, digits, dots and hyphens') }, faults);
  check(fieldsOf(config.listen), 'listen.', { port: whole(0, 65_535), tls: flag }, faults);
  if (fieldsOf(config.listen).host !== undefined) check(fieldsOf(config.listen), 'listen.', { host: address }, faults);
  check(fieldsOf(config.app), 'app.', { port: whole(1, 65_535), livePath: absolutePath, readyPath: absolutePath }, faults);
  check(config, '', { keepAliveMs: whole(1_000, HOUR_MS) }, faults);
  checkRoutes(config.routes, faults);
  if (config.access !== undefined) checkAccess(fieldsOf(config.access), faults);
  if (config.jobs !== undefined) checkJobs(config, faults);
  if (config.webhooks !== undefined) checkWebhooks(config, faults);
  const drain = fieldsOf(config.drain);
  check(drain, 'drain.', { graceMs: whole(0, HOUR_MS), timeoutMs: whole(1, HOUR_MS) }, faults);
  if (Number(drain.timeoutMs) < 2 * Number(drain.graceMs)) {
    faults.push(
      `drain.timeoutMs must be at least twice drain.graceMs (${String(drain.graceMs)}), got ${String(drain.timeoutMs)}; raise it`,
    );
  }
  return faults.length === 0;
}

function checkRoutes(routes: unknown, faults: string[]): void {
  if (!Array.isArray(routes) || routes.length === 0) {
    faults.push(`routes must be a list of at least one route, got ${shown(routes)}`);
    return;
  }
  routes.forEach((route: unknown, index) => {
    const rules = { path: routePath, class: routeClass, deadlineMs: whole(1, HOUR_MS), maxBodyBytes: whole(0, Number.MAX_SAFE_INTEGER) };
    check(fieldsOf(route), `routes[${index}].`, rules, faults);
  });
  const last = fieldsOf(routes.at(-1)).path;
  if (last !== '/*') faults.push(`routes must end with the path /*, got ${shown(last)}; add a route for /*`);
}

function checkAccess(access: Fields, faults: string[]): void {
  check(access, 'access.', { table, region, forwardKey: flag }, faults);
  const { publicPaths } = access;
  if (Array.isArray(publicPaths) && publicPaths.every((path) => publicPath.holds(path))) return;
  faults.push(`access.publicPaths must be a list of paths, each ${publicPath.allowed}, got ${shown(publicPaths)}`);
}

function checkJobs(config: Fields, faults: string[]): void {
  const jobs = fieldsOf(config.jobs);
  check(jobs, 'jobs.', { table, region, queueUrl }, faults);
  if (jobs.resultBucket !== undefined)
    check(jobs, 'jobs.', { resultBucket: text(/^[a-z0-9][a-z0-9.-]{2,62}$/, 'the name of a bucket') }, faults);
  if (!Array.isArray(jobs.kinds)) faults.push(`jobs.kinds must be a list of kinds, got ${shown(jobs.kinds)}`);
  // A job belongs to the tenant of a key.
  if (config.access === undefined) faults.push('jobs must go with access, got none; configure access');
}

function checkWebhooks(config: Fields, faults: string[]): void {
  const webhooks = fieldsOf(config.webhooks);
  const queues = { fanOutQueueUrl: queueUrl, deliverQueueUrl: queueUrl, quarantineQueueUrl: queueUrl };
  check(webhooks, 'webhooks.', { table, region, ...queues, keyId: keyArn }, faults);
  const { refusedHosts } = webhooks;
  if (!Array.isArray(refusedHosts) || !refusedHosts.every((host) => hostName.holds(host))) {
    faults.push(`webhooks.refusedHosts must be a list of hosts, each ${hostName.allowed}, got ${shown(refusedHosts)}`);
  }
  if (config.access === undefined) faults.push('webhooks must go with access, got none; configure access');
}

function check(fields: Fields, prefix: string, rules: Readonly<Record<string, Check>>, faults: string[]): void {
  for (const [name, rule] of Object.entries(rules)) {
    if (!rule.holds(fields[name])) faults.push(`${prefix}${name} must be ${rule.allowed}, got ${shown(fields[name])}`);
  }
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80);
}
