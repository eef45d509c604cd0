import type { Template } from 'aws-cdk-lib/assertions';

interface Entry {
  readonly acl: string;
  readonly egress: boolean;
  readonly number: number;
  readonly cidr: string;
  readonly protocol: number;
  readonly ports: readonly [number, number];
  readonly allows: boolean;
}

type Address = string;
type Place = 'public' | 'private' | 'isolated' | 'internet';
interface Packet {
  readonly from: Address;
  readonly to: Address;
  readonly port: number;
}

const TCP = 6;
const EVERY_PROTOCOL = -1;
/** Where the ports begin and end that the asking side chooses from. */
const CHOSEN_PORTS = [1024, 65_535];

const numberOf = (address: string) => address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);

/** Whether an address lies in a range. */
export function contains(cidr: string, address: string): boolean {
  const [base, prefix] = cidr.split('/');
  const size = 2 ** (32 - Number(prefix));
  return Math.floor(numberOf(address) / size) === Math.floor(numberOf(base) / size);
}

/** Walks packets through the network ACLs of a template as AWS does: by rule number, without memory of a connection. */
export class Packets {
  private readonly entries: Entry[];
  private readonly aclOfSubnet: Map<string, string>;
  private readonly subnets: Map<string, string>;

  constructor(template: Template) {
    this.entries = Object.values(template.findResources('AWS::EC2::NetworkAclEntry')).map(({ Properties: entry }) => ({
      acl: entry.NetworkAclId.Ref,
      egress: entry.Egress ?? false,
      number: entry.RuleNumber,
      cidr: entry.CidrBlock,
      protocol: entry.Protocol,
      ports: [entry.PortRange?.From ?? 0, entry.PortRange?.To ?? 65_535],
      allows: entry.RuleAction === 'allow',
    }));
    const associations = Object.values(template.findResources('AWS::EC2::SubnetNetworkAclAssociation'));
    this.aclOfSubnet = new Map(associations.map(({ Properties }) => [Properties.SubnetId.Ref, Properties.NetworkAclId.Ref]));
    this.subnets = new Map(
      Object.entries(template.findResources('AWS::EC2::Subnet')).map(([id, { Properties }]) => [id, Properties.CidrBlock]),
    );
  }

  /** Whether a TCP connection comes about, asked from an address in one place for a port at an address in another. */
  connects(from: Place, to: Place, port: number): boolean {
    const [asking, asked] = [this.address(from, 0), this.address(to, 1)];
    return CHOSEN_PORTS.every(
      (chosen) => this.passes({ from: asking, to: asked, port }) && this.passes({ from: asked, to: asking, port: chosen }),
    );
  }

  /** Whether a connection to the internet comes about through a NAT gateway, whose own address takes the place of the asking one. */
  connectsThroughNat(port: number): boolean {
    const [task, gateway, site] = [this.address('private', 0), this.address('public', 0), this.address('internet', 1)];
    return CHOSEN_PORTS.every(
      (chosen) =>
        this.leaves(task, { from: task, to: site, port }) &&
        this.enters(gateway, { from: task, to: site, port }) &&
        this.passes({ from: gateway, to: site, port }) &&
        this.passes({ from: site, to: gateway, port: chosen }) &&
        this.leaves(gateway, { from: site, to: task, port: chosen }) &&
        this.enters(task, { from: site, to: task, port: chosen }),
    );
  }

  /** The rules of the busiest ACL in one direction. */
  mostRules(): number {
    const counts = new Map<string, number>();
    for (const { acl, egress } of this.entries) counts.set(`${acl} ${egress}`, (counts.get(`${acl} ${egress}`) ?? 0) + 1);
    return Math.max(...counts.values());
  }

  private passes(packet: Packet): boolean {
    return this.leaves(packet.from, packet) && this.enters(packet.to, packet);
  }

  private leaves(at: Address, packet: Packet): boolean {
    return this.admits(at, true, packet.to, packet.port);
  }

  private enters(at: Address, packet: Packet): boolean {
    return this.admits(at, false, packet.from, packet.port);
  }

  private admits(at: Address, egress: boolean, peer: Address, port: number): boolean {
    const subnet = [...this.subnets].find(([, cidr]) => contains(cidr, at));
    if (!subnet) return true;
    const acl = this.aclOfSubnet.get(subnet[0]);
    const rule = this.entries
      .filter((entry) => entry.acl === acl && entry.egress === egress)
      .toSorted((one, other) => one.number - other.number)
      .find(
        (entry) =>
          [TCP, EVERY_PROTOCOL].includes(entry.protocol) && contains(entry.cidr, peer) && port >= entry.ports[0] && port <= entry.ports[1],
      );
    return rule?.allows ?? false;
  }

  private address(place: Place, zone: number): Address {
    if (place === 'internet') return '198.51.100.7';
    const name = `${place[0].toUpperCase()}${place.slice(1)}Subnet${zone + 1}`;
    const cidr = [...this.subnets].find(([id]) => id.includes(name))?.[1];
    if (!cidr) throw new Error(`no subnet ${name}`);
    return cidr.split('/')[0].replace(/\d+$/, (last) => String(Number(last) + 10));
  }
}
