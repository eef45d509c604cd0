import { Token } from 'aws-cdk-lib';

/**
 * Every tier keeps room for four zones, so that a third zone later moves no subnet, and is one aligned block, so that a network
 * ACL names it in one rule whatever the number of zones.
 * @internal
 */
export const ZONE_SLOTS = 4;

/**
 * The range of a network that names none.
 * @internal
 */
export const DEFAULT_CIDR = '10.0.0.0/16';

/** How many bits longer than the VPC's prefix a tier's is: half of the addresses for containers, an eighth for each of the others. */
const TIER_BITS = { private: 1, public: 3, isolated: 3 };
const SLOT_BITS = Math.log2(ZONE_SLOTS);

/**
 * Where the tiers lie in the range of a VPC. The last quarter stays free.
 * @internal
 */
export class AddressPlan {
  readonly privateTier: string;
  readonly publicTier: string;
  readonly isolatedTier: string;
  private readonly prefix: number;

  constructor(
    path: string,
    readonly cidr: string,
  ) {
    const { address, prefix } = parse(path, cidr);
    const size = 2 ** (32 - prefix);
    this.prefix = prefix;
    this.privateTier = `${format(address)}/${prefix + TIER_BITS.private}`;
    this.publicTier = `${format(address + size / 2)}/${prefix + TIER_BITS.public}`;
    this.isolatedTier = `${format(address + size / 2 + size / 8)}/${prefix + TIER_BITS.isolated}`;
  }

  /** The prefix length of one subnet of a tier. */
  subnetMask(tier: keyof typeof TIER_BITS): number {
    return this.prefix + TIER_BITS[tier] + SLOT_BITS;
  }
}

function parse(path: string, cidr: string): { address: number; prefix: number } {
  const shown = Token.isUnresolved(cidr) ? 'a value known at deploy time only' : cidr;
  const match = Token.isUnresolved(cidr) ? null : /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  const [a, b, c, d, prefix] = match?.slice(1).map(Number) ?? [];
  if (!match || [a, b, c, d].some((octet) => octet > 255)) {
    throw new Error(`${path}: cidr must be an IPv4 range such as 10.0.0.0/16, got ${shown}; write it out`);
  }
  if (prefix < 16 || prefix > 20) {
    throw new Error(`${path}: cidr must be /16 to /20, got /${prefix}; the tiers of three zones need /20 and a VPC ends at /16`);
  }
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const size = 2 ** (32 - prefix);
  if (address % size !== 0) {
    throw new Error(`${path}: cidr must begin at a multiple of its size, got ${cidr}; use ${format(address - (address % size))}/${prefix}`);
  }
  return { address, prefix };
}

function format(address: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join('.');
}
