import { BlockList, isIP } from 'node:net';
import type { FieldFault } from '../shared/problem';
import { shown } from '../shared/problem';

const LONGEST = 2048;
const FIELD = 'webhook_url';
const ALLOWED = 'an https URL of a public host, without user and password';

const NOT_PUBLIC: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];
/** The only global unicast block that is handed out, less what in it leads elsewhere: documentation, ORCHID, Teredo, 6to4. */
const PUBLIC_V6 = ['2000::', 3] as const;
const NOT_PUBLIC_V6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];
const LOCAL_NAMES = /(^|\.)(localhost|local|internal|intranet|lan|home\.arpa)$/;

const notPublic = new BlockList();
for (const [net, prefix] of NOT_PUBLIC) notPublic.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of NOT_PUBLIC_V6) notPublic.addSubnet(net, prefix, 'ipv6');
const publicV6 = new BlockList();
publicV6.addSubnet(...PUBLIC_V6, 'ipv6');

/** What is wrong with a webhook's URL as it is written. Where its name leads is looked at when something is sent there. */
export function webhookUrlFault(given: unknown): FieldFault | undefined {
  const fault = (is: string, allowed = ALLOWED): FieldFault => ({ field: FIELD, given: is, allowed });
  if (typeof given !== 'string') return fault(shown(given));
  if (given.length > LONGEST) return fault(`${given.length} characters`, `at most ${LONGEST} characters`);
  if (!URL.canParse(given)) return fault(shown(given));
  const url = new URL(given);
  if (url.protocol !== 'https:') return fault(shown(given));
  // Never shown: it may hold a password.
  if (url.username !== '' || url.password !== '') return fault('a URL with user or password');
  return isPublicHost(url.hostname) ? undefined : fault(`the host ${shown(url.hostname)}`);
}

function isPublicHost(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '');
  const version = isIP(name);
  if (version === 4) return !notPublic.check(name, 'ipv4');
  if (version === 6) return publicV6.check(name, 'ipv6') && !notPublic.check(name, 'ipv6');
  const plain = name.replace(/\.$/, '');
  return plain.includes('.') && !LOCAL_NAMES.test(plain);
}
