import { networkTemplate } from './builder';
import { Packets } from './packets';

const packets = new Packets(networkTemplate({ outboundPorts: [443, 587, 9092] }));

test.each([443, 80])('REC-6.3 admits clients from the internet to the public tier on %i', (port) => {
  expect(packets.connects('internet', 'public', port)).toBe(true);
});

test.each([22, 25, 445])('REC-6.3 denies the internet port %i of the public tier', (port) => {
  expect(packets.connects('internet', 'public', port)).toBe(false);
});

test.each([8443, 8080])('REC-6.6 admits the load balancer to tasks on %i', (port) => {
  expect(packets.connects('public', 'private', port)).toBe(true);
});

test.each([22, 443, 80])('REC-6.6 denies the public tier port %i of the private tier', (port) => {
  expect(packets.connects('public', 'private', port)).toBe(false);
});

test.each([443, 8443, 22])('REC-6.6 denies the internet port %i of the private tier', (port) => {
  expect(packets.connects('internet', 'private', port)).toBe(false);
});

test('REC-6.6 admits deployment test traffic from the private tier to the test listener', () => {
  expect(packets.connects('private', 'public', 8444)).toBe(true);
});

test.each([443, 80, 8443, 8444])(
  'REC-6.6 admits port %i inside the private tier, for endpoints, tasks and an internal load balancer',
  (port) => {
    expect(packets.connects('private', 'private', port)).toBe(true);
  },
);

test.each([22, 25, 53])('REC-6.6 denies port %i inside the private tier', (port) => {
  expect(packets.connects('private', 'private', port)).toBe(false);
});

test.each([5432, 6379])('REC-6.6 admits the private tier to the isolated tier on %i', (port) => {
  expect(packets.connects('private', 'isolated', port)).toBe(true);
});

test.each([22, 80, 443, 3306, 11211, 27017])('REC-6.6 denies the private tier port %i of the isolated tier', (port) => {
  expect(packets.connects('private', 'isolated', port)).toBe(false);
});

test.each([5432, 6379, 443])('REC-6.6 denies the public tier port %i of the isolated tier', (port) => {
  expect(packets.connects('public', 'isolated', port)).toBe(false);
});

test.each([5432, 6379, 443])('REC-6.6 denies the internet port %i of the isolated tier', (port) => {
  expect(packets.connects('internet', 'isolated', port)).toBe(false);
});

test.each(['internet', 'public', 'private'] as const)('REC-6.6 denies the isolated tier a connection to the %s', (place) => {
  expect([80, 443, 5432, 8443].filter((port) => packets.connects('isolated', place, port))).toEqual([]);
});

test.each([443, 587, 9092])('REC-6.2 admits outbound port %i through the NAT gateways', (port) => {
  expect(packets.connectsThroughNat(port)).toBe(true);
});

test.each([22, 25, 80, 8443])('REC-6.6 denies outbound port %i through the NAT gateways', (port) => {
  expect(packets.connectsThroughNat(port)).toBe(false);
});

test('admits outbound port 80 when it is asked for', () => {
  expect(new Packets(networkTemplate({ outboundPorts: [443, 80] })).connectsThroughNat(80)).toBe(true);
});

test('admits clients between any two of three zones', () => {
  expect(new Packets(networkTemplate({ zones: 3 })).connects('private', 'isolated', 5432)).toBe(true);
});

test('stays within twenty rules a direction with the most ports and zones', () => {
  const outboundPorts = [443, 21, 25, 53, 110, 143, 465, 587, 993, 995];
  expect(new Packets(networkTemplate({ zones: 3, outboundPorts })).mostRules()).toBeLessThanOrEqual(20);
});

test.each(['Public', 'Private'])('answers the %s tier that a packet is too large, in both directions', (tier) => {
  const entries = Object.entries(
    networkTemplate().findResources('AWS::EC2::NetworkAclEntry', { Properties: { Icmp: { Type: 3, Code: 4 } } }),
  );
  const directions = entries.filter(([id]) => id.includes(`Acls${tier}`)).map(([, { Properties }]) => Properties.Egress);
  expect(new Set(directions)).toEqual(new Set([false, true]));
});

test('keeps the rule of a port when another is put before it', () => {
  const [before, after] = [[443], [25, 443]].map((outboundPorts) => {
    const entries = networkTemplate({ outboundPorts }).findResources('AWS::EC2::NetworkAclEntry');
    return Object.entries(entries).filter(([id]) => id.includes('Port443'));
  });
  expect(after).toEqual(before);
});

test('REC-6.6 puts every subnet under a network ACL', () => {
  const template = networkTemplate({ zones: 3 });
  const covered = Object.values(template.findResources('AWS::EC2::SubnetNetworkAclAssociation')).map(
    ({ Properties }) => Properties.SubnetId.Ref,
  );
  expect(new Set(covered)).toEqual(new Set(Object.keys(template.findResources('AWS::EC2::Subnet'))));
});
