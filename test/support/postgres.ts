import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { chownSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { generate } from 'selfsigned';

const bin = findBin();

/**
 * Describes what needs a PostgreSQL of the machine's. Without one the tests are listed as skipped, or fail where PLINTH_REQUIRE_ENGINES
 * is 1.
 */
export function describeWithPostgres(name: string, tests: () => void): void {
  if (bin) return describe(name, tests);
  if (process.env.PLINTH_REQUIRE_ENGINES === '1') {
    return describe(name, () => {
      test('finds a PostgreSQL on the machine', () => {
        throw new Error('PLINTH_REQUIRE_ENGINES is 1 and there is no PostgreSQL; install it or put its bin folder on the PATH');
      });
    });
  }
  process.stderr.write(`not run, as there is no PostgreSQL on this machine: ${expect.getState().testPath ?? ''}, ${name}\n`);
  // oxlint-disable-next-line jest/no-disabled-tests -- listed by name as not run, where there is no server to run them against
  return describe.skip(name, tests);
}

/** A PostgreSQL of its own on the loopback address, which takes TLS with a certificate made out to localhost. */
export class Postgres {
  /** The certificate that signs the server's: its own. */
  readonly ca: string;
  private readonly log: string[] = [];
  private readonly lines = new EventEmitter();
  private server: ChildProcess;

  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly launch: () => ChildProcess,
    certificate: string,
  ) {
    this.ca = certificate;
    this.server = launch();
  }

  static async start({ tls = true }: { readonly tls?: boolean } = {}): Promise<Postgres> {
    if (!bin) throw new Error('a PostgreSQL must be on the machine, got none; describe the tests with describeWithPostgres');
    const user = unprivilegedUser();
    const folder = mkdtempSync(join(tmpdir(), 'plinth-postgres-'));
    if (user) chownSync(folder, user.uid, user.gid);
    const data = join(folder, 'data');
    execFileSync(join(bin, 'initdb'), ['--pgdata', data, '--username', 'postgres', '--auth', 'trust', '--no-sync', '--no-instructions'], {
      ...user,
      cwd: folder,
    });
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    });
    for (const [name, text] of [
      ['server.crt', cert],
      ['server.key', key],
      ['pg_hba.conf', `local all postgres trust\n${tls ? 'hostssl' : 'host'} all all 127.0.0.1/32 scram-sha-256\n`],
    ]) {
      writeFileSync(join(data, name), text, { mode: 0o600 });
      if (user) chownSync(join(data, name), user.uid, user.gid);
    }
    const port = await freePort();
    const settings = [
      `port=${port}`,
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=${folder}`,
      `ssl=${tls ? 'on' : 'off'}`,
      'password_encryption=scram-sha-256',
      'log_statement=all',
      'fsync=off',
    ];
    const program = join(bin, 'postgres');
    const launch = () =>
      spawn(program, ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
        ...user,
        cwd: folder,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
    const postgres = new Postgres(port, folder, launch, cert);
    await postgres.ready();
    return postgres;
  }

  /** Does something as superuser. */
  async administer<T extends object>(sql: string, values: unknown[] = [], database = 'postgres'): Promise<T[]> {
    const client = new Client({ host: this.folder, port: this.port, user: 'postgres', database });
    await client.connect();
    try {
      const { rows } = await client.query<T>(sql, values);
      return rows;
    } finally {
      await client.end();
    }
  }

  /** What the server logged up to now, a line each; it logs every statement. */
  async logged(): Promise<string[]> {
    const mark = randomUUID();
    const arrived = new Promise<void>((resolve) => {
      this.lines.on('line', (line: string) => line.includes(mark) && resolve());
    });
    await this.administer(`SELECT '${mark}'`);
    await arrived;
    this.lines.removeAllListeners();
    return [...this.log];
  }

  async stop(): Promise<void> {
    await this.halt('SIGINT');
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Ends it as a failover does, without a word to anybody, and starts it again. */
  async restart(meanwhile: () => Promise<void> = async () => {}): Promise<void> {
    await this.halt('SIGQUIT');
    await meanwhile();
    this.server = this.launch();
    await this.ready();
  }

  private async halt(signal: NodeJS.Signals): Promise<void> {
    if (this.server.exitCode !== null) return;
    const exited = once(this.server, 'exit');
    this.server.kill(signal);
    await exited;
  }

  private ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      createInterface({ input: this.server.stderr! }).on('line', (line) => {
        this.log.push(line);
        this.lines.emit('line', line);
        if (line.includes('database system is ready to accept connections')) resolve();
      });
      this.server.once('exit', (code) => reject(new Error(`PostgreSQL must start, got exit ${code}: ${this.log.join('\n')}`)));
    });
  }
}

/** Debian keeps the server off the PATH, in a folder for each version. */
function findBin(): string | undefined {
  const versions = entries('/usr/lib/postgresql').toSorted((one, other) => Number(other) - Number(one));
  const folders = [...versions.map((version) => `/usr/lib/postgresql/${version}/bin`), ...(process.env.PATH ?? '').split(delimiter)];
  return folders.find((folder) => ['initdb', 'postgres'].every((program) => entries(folder).includes(program)));
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** PostgreSQL refuses to run as root. */
function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (user: string, of: string) =>
    Number(execFileSync('id', [of, user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: idOf('postgres', '-u'), gid: idOf('postgres', '-g') };
  } catch {
    return { uid: idOf('nobody', '-u'), gid: idOf('nobody', '-g') };
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
