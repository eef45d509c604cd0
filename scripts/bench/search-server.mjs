// The server that bench:search measures: PGlite, or the PostgreSQL with pgvector whose bin folder is given.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;

/** Starts it on loopback: `{ engine, port, memoryMib, stop }`. */
export async function startServer(bin) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-search-'));
  const server = bin ? await startPostgres(bin, folder) : await startPglite(folder);
  return {
    ...server,
    async stop() {
      if (server.child.exitCode === null) {
        const exited = once(server.child, 'exit');
        server.child.kill(bin ? 'SIGINT' : 'SIGKILL');
        await exited;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startPglite(folder) {
  const child = spawn(process.execPath, [join(here, 'search-pglite.mjs'), folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [address] = await once(createInterface({ input: child.stdout }), 'line');
  return { engine: 'PGlite', child, port: Number(address.split(':').at(-1)), memoryMib: () => rssMib(child.pid) };
}

async function startPostgres(bin, folder) {
  // PostgreSQL refuses to run as root.
  const user = process.getuid?.() === 0 ? { uid: Number(execFileSync('id', ['-u', 'nobody'])), gid: 65_534 } : {};
  if (user.uid) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '--auth', 'trust', '--no-sync', '--no-instructions'], {
    ...user,
    cwd: folder,
  });
  const port = await freePort();
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${folder}`,
    'fsync=off',
    'shared_buffers=4GB',
    'max_wal_size=8GB',
  ];
  mkdirSync(join(folder, 'log'));
  const child = spawn(join(bin, 'postgres'), ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
    ...user,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await new Promise((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => line.includes('ready to accept connections') && resolve());
    child.once('exit', (code) => reject(new Error(`PostgreSQL must start, got exit ${code}`)));
  });
  return { engine: 'PostgreSQL', child, port, memoryMib: () => treePssMib(child.pid) };
}

const rssMib = (pid) => kibOf(`/proc/${pid}/status`, /VmRSS:\s+(\d+)/);
/** Its processes share most of their memory: each counts its share. */
const treePssMib = (pid) =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && (name === String(pid) || parentOf(name) === pid))
    .reduce((sum, name) => sum + kibOf(`/proc/${name}/smaps_rollup`, /^Pss:\s+(\d+)/m), 0);

function parentOf(pid) {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[1]);
  } catch {
    return undefined;
  }
}

function kibOf(path, pattern) {
  try {
    return Math.round(Number(pattern.exec(readFileSync(path, 'utf8'))?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
