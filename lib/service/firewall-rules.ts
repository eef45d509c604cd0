import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Route } from '../gateway/route';
import { MANAGED_GROUPS, type ManagedGroup } from './firewall-managed-rules';
import { CONTENT_TOO_LARGE, FORBIDDEN, TOO_MANY_REQUESTS } from './firewall-responses';
import {
  allOf,
  anyOf,
  carriesLabel,
  fromAddresses,
  hasHeader,
  headerMatches,
  moreThanPerMinute,
  not,
  onNormalizedPath,
  onPath,
  type Statement,
} from './firewall-statements';
import { numberAbove } from './number-above';

/** @internal */
export type Rule = CfnWebACL.RuleProperty;

/**
 * Where API keys and bearer tokens are sent.
 * @internal
 */
export const KEY_HEADERS = ['x-api-key', 'authorization'];

interface Exception {
  readonly rule: string;
  readonly paths: readonly string[];
}

/** Places by name, with room between them: a rule that comes or goes moves no other. */
const PRIORITIES = {
  'allow-list': 10,
  'deny-list': 20,
  countries: 30,
  flood: 40,
  'rate-without-key': 50,
  'body-size': 60,
  'ip-reputation': 100,
  'core-rule-set': 200,
  'known-bad-inputs': 300,
  'sql-injection': 400,
};

/** What a path accepts that no route names. */
const PLAIN_BODY_BYTES = 64 * 1024;

const visibility = (name: string) => ({ cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName: name });

const rule = (name: keyof typeof PRIORITIES, action: CfnWebACL.RuleActionProperty, statement: Statement): Rule => ({
  name,
  priority: PRIORITIES[name],
  action,
  statement,
  visibilityConfig: visibility(name),
});

/** @internal */
export const allowList = (ipSetArns: string[]): Rule => rule('allow-list', { allow: {} }, fromAddresses(ipSetArns));

/** @internal */
export const denyList = (ipSetArns: string[]): Rule => rule('deny-list', FORBIDDEN, fromAddresses(ipSetArns));

/** @internal */
export const onlyCountries = (countryCodes: string[], ipSetArnsInside: string[]): Rule =>
  rule('countries', FORBIDDEN, allOf([not({ geoMatchStatement: { countryCodes } }), not(fromAddresses(ipSetArnsInside))]));

/** @internal */
export const floodStop = (perAddress: number): Rule => rule('flood', TOO_MANY_REQUESTS, moreThanPerMinute(perAddress));

/** @internal */
export const rateWithoutKey = (limit: number, keyHeaders: readonly string[]): Rule =>
  rule('rate-without-key', TOO_MANY_REQUESTS, moreThanPerMinute(limit, not(anyOf(keyHeaders.map(hasHeader)))));

/**
 * Refuses a declared body over the path's limit. The first route that matches decides, as in the gateway, which counts true bytes:
 * a request that declares no length passes here. Paths are compared as sent, since decoding costs ten capacity units a path.
 * @internal
 */
export function bodySize(routes: readonly Route[]): Rule {
  const ofRoutes = routes.map((route, at) => {
    const earlier = routes.slice(0, at).filter((other) => overlaps(other.path, route.path));
    return allOf([onPath(route.path), ...earlier.map((other) => not(onPath(other.path))), longerThan(route.maxBody.toBytes())]);
  });
  const plain = allOf([...routes.map((route) => not(onPath(route.path))), longerThan(PLAIN_BODY_BYTES)]);
  return rule('body-size', CONTENT_TOO_LARGE, anyOf([...ofRoutes, plain]));
}

const longerThan = (bytes: number) => headerMatches('content-length', numberAbove(bytes));

const covers = (pattern: string, path: string) => pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1));

function overlaps(one: string, other: string): boolean {
  return one === other || covers(one, other) || covers(other, one);
}

/**
 * The managed groups, with the rules in Count that hurt an API or that have exceptions.
 * @internal
 */
export function managedRules(excepted: readonly Exception[]): Rule[] {
  const wanted = new Set(excepted.map((exception) => exception.rule));
  return MANAGED_GROUPS.map(({ rule: name, group, labels, counted }) => ({
    name,
    priority: PRIORITIES[name],
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name: group,
        ruleActionOverrides: [...counted, ...Object.keys(labels).filter((one) => wanted.has(one))].map((one) => ({
          name: one,
          actionToUse: { count: {} },
        })),
      },
    },
    visibilityConfig: visibility(name),
  }));
}

/**
 * Blocks what an excepted managed rule has counted, except on its paths: right after its group, at a place that the managed rule's
 * own position gives, whatever other exceptions there are.
 * @internal
 */
export function exceptions(wanted: readonly Exception[]): Rule[] {
  return MANAGED_GROUPS.flatMap((group) =>
    Object.keys(group.labels).flatMap((managedRule, place) => {
      const paths = wanted.filter((exception) => exception.rule === managedRule).flatMap((exception) => exception.paths);
      return paths.length === 0 ? [] : [exceptOn(group, managedRule, PRIORITIES[group.rule] + 1 + place, paths)];
    }),
  );
}

function exceptOn({ namespace, labels }: ManagedGroup, managedRule: string, priority: number, paths: string[]): Rule {
  const name = `except-${managedRule}`;
  return {
    name,
    priority,
    action: FORBIDDEN,
    statement: allOf([carriesLabel(`${namespace}:${labels[managedRule]}`), ...paths.map((path) => not(onNormalizedPath(path)))]),
    visibilityConfig: visibility(name),
  };
}
