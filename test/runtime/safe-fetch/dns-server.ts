import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';

export type Records = Record<
  string,
  { readonly a?: readonly string[]; readonly aaaa?: readonly string[]; readonly cname?: string; readonly ttl?: number } | number | 'silent'
>;

const A = 1;
const CNAME = 5;
const AAAA = 28;
const NXDOMAIN = 3;

/** A name server on loopback: addresses, aliases that it follows itself, a response code, or silence. */
export async function dnsServer(records: Records) {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (query: Buffer, from: RemoteInfo) => {
    const { name, type, end } = question(query);
    asked.push(`${name} ${type === A ? 'A' : 'AAAA'}`);
    const record = records[name] ?? NXDOMAIN;
    if (record === 'silent') return;
    const answers = typeof record === 'number' ? [] : resourceRecords(records, name, type);
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt16BE(0x8180 | (typeof record === 'number' ? record : 0), 2);
    header.writeUInt16BE(answers.length, 6);
    header.writeUInt32BE(0, 8);
    socket.send(Buffer.concat([header, query.subarray(12, end), ...answers]), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    close: () => new Promise<void>((done) => socket.close(done)),
  };
}

function question(query: Buffer) {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at]; length > 0; length = query[at]) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function resourceRecords(records: Records, name: string, type: number): Buffer[] {
  const record = records[name];
  if (typeof record !== 'object') return [];
  const { ttl = 60 } = record;
  if (record.cname) return [resourceRecord(name, CNAME, ttl, nameBytes(record.cname)), ...resourceRecords(records, record.cname, type)];
  const addresses = (type === A ? record.a : type === AAAA ? record.aaaa : undefined) ?? [];
  return addresses.map((address) =>
    resourceRecord(name, type, ttl, type === A ? Buffer.from(address.split('.').map(Number)) : v6Bytes(address)),
  );
}

function resourceRecord(name: string, type: number, ttl: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(ttl, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([nameBytes(name), fixed, data]);
}

const nameBytes = (name: string) =>
  Buffer.concat([...name.split('.').map((label) => Buffer.from(String.fromCharCode(label.length) + label, 'latin1')), Buffer.alloc(1)]);

/** Of the long spelling only: eight groups. */
const v6Bytes = (address: string) =>
  Buffer.from(
    address
      .split(':')
      .map((group) => group.padStart(4, '0'))
      .join(''),
    'hex',
  );
