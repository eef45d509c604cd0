import { BlockList, isIP } from 'node:net';

/** IPv4 networks that are nobody's on the internet, or lead back into one's own (IANA's special-purpose registry). */
const NOT_PUBLIC_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];
/**
 * The only global unicast block of IPv6 that is handed out. Outside of it, and so refused without a line of their own: IPv4-mapped and
 * IPv4-compatible, NAT64 (64:ff9b::/96, 64:ff9b:1::/48), discard, SRv6 (5f00::/16), unique local (fd00:ec2::254), link-local, site-local, multicast.
 */
const GLOBAL_UNICAST_V6 = ['2000::/3'];
/** What in that block leads elsewhere: protocol assignments (Teredo, ORCHID), documentation, 6to4. */
const NOT_PUBLIC_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const LOOPBACK = ['127.0.0.0/8', '::1/128'];

const family = (version: number) => (version === 4 ? 'ipv4' : 'ipv6');

/** Addresses to look others up in. */
export type Networks = BlockList;

/** A list of networks, each `address/prefix`; `names` is what an error calls the list. */
export function networks(cidrs: readonly string[], names = 'networks'): Networks {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [address = '', prefix = '', ...more] = cidr.split('/');
    const version = isIP(address);
    const longest = version === 4 ? 32 : 128;
    const isWhole = more.length === 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= longest;
    if (version === 0 || address.includes('%') || !isWhole) {
      throw new RangeError(`${names} must be addresses with a prefix such as 10.0.0.0/8 or fd00::/8, got "${cidr}"`);
    }
    list.addSubnet(address, Number(prefix), family(version));
  }
  return list;
}

const notPublic = networks([...NOT_PUBLIC_V4, ...NOT_PUBLIC_V6]);
const globalUnicast = networks(GLOBAL_UNICAST_V6);
const loopback = networks(LOOPBACK);

/** Whether an address is on the internet. A zone id, and whatever is not an address, is not. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !notPublic.check(address, 'ipv4');
  return version === 6 && holds(globalUnicast, address) && !holds(notPublic, address);
}

/** 127.0.0.0/8 and ::1, in no other spelling. */
export function isLoopbackAddress(address: string): boolean {
  // An IPv4-mapped loopback address is in the list of IPv4, and stays refused.
  return address === '::1' || (isIP(address) === 4 && holds(loopback, address));
}

/** Whether one of the networks holds the address. */
export function holds(list: Networks, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && !address.includes('%') && list.check(address, family(version));
}
