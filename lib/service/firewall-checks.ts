import { isIPv4, isIPv6 } from 'node:net';
import { Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { FirewallProps } from './firewall';
import { managedGroupOf } from './firewall-managed-rules';

/**
 * Names the first fault of the props that AWS WAF would refuse only at deploy time, or not at all.
 * @internal
 */
export function checkFirewallProps(scope: Construct, props: FirewallProps): void {
  const fault = (prop: string, allowed: string, given: unknown, change: string) =>
    new Error(`${scope.node.path}: ${prop} must be ${allowed}, got ${String(given)}; ${change}`);

  const { withoutKey, perAddress } = { withoutKey: 100, perAddress: 10_000, ...props.rateLimits };
  for (const [name, limit] of Object.entries({ withoutKey, perAddress })) {
    if (Token.isUnresolved(limit) || (Number.isInteger(limit) && limit >= 10 && limit <= 2e9)) continue;
    throw fault(`rateLimits.${name}`, 'an integer of 10 to 2,000,000,000 requests a minute', limit, 'lower rates belong to the gateway');
  }
  if (!Token.isUnresolved(withoutKey) && !Token.isUnresolved(perAddress) && withoutKey > perAddress) {
    throw fault('rateLimits.withoutKey', `at most perAddress (${perAddress})`, withoutKey, 'lower it or raise perAddress');
  }

  if (props.keyHeaders?.length === 0) {
    throw fault('keyHeaders', 'at least one header', 'none', "leave it out for 'x-api-key' and 'authorization'");
  }
  for (const header of props.keyHeaders ?? []) {
    if (!/^[a-z0-9-]{1,64}$/i.test(header)) {
      throw fault('keyHeaders', 'header names of letters, digits and hyphens', header, 'write it as x-api-key');
    }
  }

  for (const list of ['allowList', 'denyList'] as const) {
    const wrong = props[list]?.find((range) => !Token.isUnresolved(range) && !isRange(range));
    if (wrong === undefined) continue;
    const change = isIPv4(wrong) ? `write ${wrong}/32` : isIPv6(wrong) ? `write ${wrong}/128` : 'correct the range';
    throw fault(list, 'CIDR ranges such as 203.0.113.0/24 or 2001:db8::/32, of at least one prefix bit', wrong, change);
  }

  if (props.countries && (props.countries.length === 0 || props.countries.length > 50)) {
    throw fault('countries', '1 to 50 codes', props.countries.length, 'leave it out to let every country call');
  }
  for (const country of props.countries ?? []) {
    if (!Token.isUnresolved(country) && !/^[A-Z]{2}$/.test(country)) {
      throw fault('countries', 'ISO 3166-1 codes of two capitals such as DE', country, 'correct the code');
    }
  }

  for (const { rule, paths } of props.exceptions ?? []) {
    const group = managedGroupOf(rule);
    if (!group) throw fault('exceptions', 'for a rule of the managed groups, spelled as AWS does', rule, 'copy the name from the log');
    if (group.counted.includes(rule)) {
      throw fault('exceptions', 'for a rule that blocks', rule, 'remove the exception: the firewall only counts this rule');
    }
    if (paths.length === 0) throw fault('exceptions', `for at least one path of ${rule}`, 'none', 'name the paths');
    const path = paths.find((one) => !/^\/[\w\-./]*(?<=\/)\*$|^\/[\w\-./]*$/.test(one));
    if (path !== undefined) {
      throw fault('exceptions', 'for absolute paths or prefixes that end in /*', path, 'write it as /api/queries/*');
    }
  }
}

/** AWS WAF takes every prefix length but 0. */
function isRange(range: string): boolean {
  const [address, bits, ...rest] = range.split('/');
  if (rest.length > 0 || !/^[1-9]\d{0,2}$/.test(bits ?? '')) return false;
  return (isIPv4(address) && Number(bits) <= 32) || (isIPv6(address) && !address.includes('%') && Number(bits) <= 128);
}
