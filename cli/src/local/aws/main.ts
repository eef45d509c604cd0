import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuildAppOptions } from 'fauxqs' with { 'resolution-mode': 'import' };

/** What the local run tells this process on its standard input. */
export interface AwsSettings {
  readonly region: string;
  /** Where tables stay; in memory by default. */
  readonly tables?: string;
}

type Stores = NonNullable<BuildAppOptions['stores']>;

const HOST = '127.0.0.1';

/** Queues and buckets on one port, tables on another. */
async function main(): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  const settings: AwsSettings = JSON.parse(Buffer.concat(parts).toString());
  const [port, tablesPort] = await Promise.all([serveQueues(settings), serveTables(settings)]);
  process.stdout.write(`${JSON.stringify({ level: 'INFO', message: 'listening', port, tablesPort })}\n`);
}

async function serveQueues({ region }: AwsSettings): Promise<number> {
  const { buildApp } = await import('fauxqs');
  const app = buildApp({ logger: false, defaultRegion: region, stores: (await stores()) as Stores });
  await app.listen({ port: 0, host: HOST });
  return (app.server.address() as AddressInfo).port;
}

/** A store without a host name of its own, so that the URL of a queue has the address that is listened on. Only its file gives it. */
async function stores(): Promise<Partial<Stores>> {
  const file = join('fauxqs', 'dist', 'sqs', 'sqsStore.js');
  const path = (require.resolve.paths('fauxqs') ?? []).map((folder) => join(folder, file)).find((one) => existsSync(one));
  if (path === undefined) throw new Error(`queues: ${file} must be installed, found none; run \`npm ci\``);
  const { SqsStore } = (await import(pathToFileURL(path).href)) as { SqsStore: new () => Stores['sqsStore'] };
  const sqsStore = new SqsStore();
  sqsStore.host = '';
  return { sqsStore };
}

async function serveTables({ tables }: AwsSettings): Promise<number> {
  // It has no types of its own.
  const dynalite = require('dynalite') as (options: { readonly createTableMs: number; readonly path?: string }) => Server;
  const server = dynalite({ createTableMs: 0, path: tables }).listen(0, HOST);
  await once(server, 'listening');
  process.once('SIGTERM', () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

main().catch((error: unknown) => {
  process.stdout.write(`${JSON.stringify({ level: 'ERROR', message: error instanceof Error ? error.message : String(error) })}\n`);
  process.exit(1);
});
