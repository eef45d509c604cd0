import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { systemClock } from 'plinth-runtime/resilience';
import { generate } from 'selfsigned';

const program = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => ['valkey-server', 'redis-server'].map((name) => join(folder, name)))
  .find(isExecutable);

/**
 * Describes what needs a Valkey or Redis of the machine's. Without one the tests are listed as skipped, or fail where
 * PLINTH_REQUIRE_ENGINES is 1.
 */
export function describeWithRedis(name: string, tests: () => void): void {
  if (program) return describe(name, tests);
  if (process.env.PLINTH_REQUIRE_ENGINES === '1') {
    return describe(name, () => {
      test('finds a Valkey or Redis on the machine', () => {
        throw new Error('PLINTH_REQUIRE_ENGINES is 1 and there is no valkey-server or redis-server; install one or put it on the PATH');
      });
    });
  }
  process.stderr.write(`not run, as there is no Valkey or Redis on this machine: ${expect.getState().testPath ?? ''}, ${name}\n`);
  // oxlint-disable-next-line jest/no-disabled-tests -- listed by name as not run, where there is no server to run them against
  return describe.skip(name, tests);
}

export interface RedisOptions {
  /** Takes TLS only, with a certificate of its own made out to localhost. */
  readonly tls?: boolean;
  /** Speaks the protocol of a cluster, as its only member. */
  readonly cluster?: boolean;
  readonly settings?: readonly string[];
}

/** A server of its own on the loopback address, which keeps nothing. */
export class RedisServer {
  readonly host = '127.0.0.1';

  private constructor(
    /** The certificate that signs the server's, its own, where it takes TLS. */
    readonly ca: string | undefined,
    readonly port: number,
    /** Where members of a cluster talk to each other. */
    private readonly busPort: number,
    private readonly folder: string,
    private readonly server: ChildProcess,
  ) {}

  static async start({ tls = false, cluster = false, settings = [] }: RedisOptions = {}, port?: number): Promise<RedisServer> {
    if (!program) throw new Error('a Valkey or Redis must be on the machine, got none; describe the tests with describeWithRedis');
    const folder = mkdtempSync(join(tmpdir(), 'plinth-redis-'));
    const own = port ?? (await freePort());
    const certificate = tls ? await certify(folder) : undefined;
    const listening = certificate ? ['--port', '0', '--tls-port', String(own), ...certificate.settings] : ['--port', String(own)];
    const shared = [...listening, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
    const busPort = cluster ? await freePort() : 0;
    // The bus between members listens 10,000 above the port otherwise, which may be no port at all.
    const alone = cluster
      ? [
          '--cluster-enabled',
          'yes',
          '--cluster-port',
          String(busPort),
          '--cluster-announce-ip',
          '127.0.0.1',
          '--repl-diskless-sync-delay',
          '0',
        ]
      : [];
    const server = spawn(program, [...shared, ...alone, ...settings], { stdio: ['ignore', 'pipe', 'inherit'] });
    const redis = new RedisServer(certificate?.ca, own, busPort, folder, server);
    await redis.ready();
    return redis;
  }

  /** Does something as administrator. */
  async command(name: string, ...values: string[]): Promise<unknown> {
    const client = new Redis({ host: this.host, port: this.port, retryStrategy: null });
    try {
      return await client.call(name, ...values);
    } finally {
      client.disconnect();
    }
  }

  /** Joins the cluster of another. */
  async meet({ host, port, busPort }: RedisServer): Promise<void> {
    await this.command('CLUSTER', 'MEET', host, String(port), String(busPort));
  }

  /** Stops answering without closing anything, as a hung server does. */
  hang(): void {
    this.server.kill('SIGSTOP');
  }

  resume(): void {
    this.server.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    if (this.server.exitCode === null && this.server.signalCode === null) {
      const exited = once(this.server, 'exit');
      this.server.kill('SIGKILL');
      await exited;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private ready(): Promise<void> {
    const log: string[] = [];
    return new Promise((resolve, reject) => {
      createInterface({ input: this.server.stdout! }).on('line', (line) => {
        log.push(line);
        if (line.toLowerCase().includes('ready to accept connections')) resolve();
      });
      this.server.once('exit', (code) => reject(new Error(`the server must start, got exit ${code}: ${log.join('\n')}`)));
    });
  }
}

async function certify(folder: string): Promise<{ ca: string; settings: string[] }> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  });
  const [certFile, keyFile] = ['server.crt', 'server.key'].map((name) => join(folder, name));
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key, { mode: 0o600 });
  return {
    ca: cert,
    settings: ['--tls-cert-file', certFile, '--tls-key-file', keyFile, '--tls-ca-cert-file', certFile, '--tls-auth-clients', 'no'],
  };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('a server must listen on a port, got a pipe');
  return address.port;
}

/** Looks until something holds, for at most 10 s: for what a server does on its own. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const began = performance.now();
  while (!(await condition())) {
    if (performance.now() - began > 10_000) throw new Error(`it must hold within 10 s, got nothing: ${String(condition)}`);
    await systemClock.sleep(10);
  }
}
