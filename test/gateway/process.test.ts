import { type ChildProcess, spawn } from 'node:child_process';
import type { ServerResponse } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GatewayConfig } from '../../gateway/config';
import { App, call, configFor, event, KIB, MIB, open } from './support';

const SCRIPT = join(__dirname, '..', '..', 'dist', 'gateway', 'gateway.js');

/** The built gateway in a process of its own. */
class GatewayProcess {
  port = 0;
  output = '';
  readonly exited: Promise<number | null>;

  private constructor(readonly child: ChildProcess) {
    this.exited = new Promise((resolve) => child.once('exit', resolve));
    child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
  }

  static async start(config: GatewayConfig): Promise<GatewayProcess> {
    const gateway = GatewayProcess.run(JSON.stringify(config));
    await new Promise<void>((resolve) => gateway.child.stdout?.once('data', () => resolve()));
    gateway.port = Number(gateway.lines()[0].port);
    return gateway;
  }

  static run(config: string | undefined, ...args: string[]): GatewayProcess {
    const env = { ...process.env, NODE_OPTIONS: '', ...(config === undefined ? {} : { PLINTH_GATEWAY: config }) };
    return new GatewayProcess(spawn(process.execPath, [SCRIPT, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] }));
  }

  lines(): Record<string, unknown>[] {
    return this.output
      .split('\n')
      .filter((line) => line !== '')
      .map((line): Record<string, unknown> => JSON.parse(line));
  }

  async stop(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  /** The peak of resident memory in bytes. Outside Linux there is no such file, and ps tells the present size. */
  async residentBytes(): Promise<number> {
    const status = `/proc/${this.child.pid}/status`;
    if (existsSync(status)) return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(status, 'utf8'))?.[1]) * KIB;
    const ps = spawn('ps', ['-o', 'rss=', '-p', String(this.child.pid)], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    for await (const chunk of ps.stdout) text += String(chunk);
    return Number(text.trim()) * KIB;
  }
}

describe('the gateway process', () => {
  let app: App;
  let appPort: number;
  let gateway: GatewayProcess;
  let held: ServerResponse[];
  let allHeld: ReturnType<typeof event<void>>;
  const IN_FLIGHT = 200;

  beforeEach(async () => {
    held = [];
    allHeld = event();
    app = new App((req, res) => {
      if (req.url === '/hold') return void (held.push(res) === IN_FLIGHT && allHeld.happen());
      if (req.url === '/events') return events(res);
      let bytes = 0;
      req.on('data', (chunk: Buffer) => (bytes += chunk.length));
      return void req.on('end', () => res.end(String(bytes)));
    });
    appPort = await app.listen();
    gateway = await GatewayProcess.start(configFor(appPort));
  });
  afterEach(async () => {
    await gateway.stop();
    await app.close();
  });

  const EVENTS = 100_000;
  const EVENT = `data: ${'x'.repeat(240)}\n\n`;
  const events = (res: ServerResponse) => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream' });
    let sent = 0;
    const more = () => {
      while (sent < EVENTS) {
        sent += 1;
        if (!res.write(EVENT)) return void res.once('drain', more);
      }
      return void res.end();
    };
    more();
  };
  const send = async (bytes: number) => {
    const request = open(gateway.port, { method: 'POST', path: '/api/large/a', headers: { 'Content-Length': bytes } });
    const block = Buffer.alloc(256 * KIB);
    const answer = new Promise<string>((resolve, reject) => {
      request.on('error', reject);
      request.on('response', (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve(text));
      });
    });
    for (let sent = 0; sent < bytes; sent += block.length) {
      if (!request.write(block)) await new Promise((resolve) => request.once('drain', resolve));
    }
    request.end();
    return answer;
  };

  it('tells its port in its first line', () => {
    expect(gateway.lines()[0]).toMatchObject({ level: 'INFO', service: 'test-api', message: 'listening', port: gateway.port, tls: true });
  });

  it('REC-7.6 writes nothing but JSON lines with a level', async () => {
    await call(gateway.port, {});
    gateway.child.kill('SIGTERM');
    await gateway.exited;
    expect(gateway.lines().map(({ level, type }) => `${String(level)} ${String(type)}`)).toEqual([
      'INFO event',
      'INFO access',
      'INFO event',
      'INFO event',
    ]);
  });

  it('grows by less than 20 MB over an upload of 100 MB', async () => {
    await send(4 * MIB);
    const before = await gateway.residentBytes();
    expect(await send(100 * MIB)).toBe(String(100 * MIB));
    expect((await gateway.residentBytes()) - before).toBeLessThan(20 * MIB);
  }, 20_000);

  it('grows by less than 20 MB over an event stream of 100,000 events', async () => {
    await send(4 * MIB);
    const before = await gateway.residentBytes();
    const { body } = await call(gateway.port, { path: '/events' });
    expect(body.length).toBe(EVENTS * EVENT.length);
    expect((await gateway.residentBytes()) - before).toBeLessThan(20 * MIB);
  }, 20_000);

  it('loses none of 200 requests in flight at SIGTERM and exits 0', async () => {
    const answers = Array.from({ length: IN_FLIGHT }, () => call(gateway.port, { path: '/hold' }));
    await allHeld.happened;
    gateway.child.kill('SIGTERM');
    // Past the grace, so that the listener is closed while they are still in flight.
    setTimeout(() => held.forEach((res) => res.end('kept')), 400);
    const bodies = (await Promise.all(answers)).map(({ status, body }) => `${status} ${body.toString()}`);
    expect(bodies).toEqual(Array.from({ length: IN_FLIGHT }, () => '200 kept'));
    expect(await gateway.exited).toBe(0);
  });

  it('writes every access line before it exits', async () => {
    await Promise.all(Array.from({ length: 50 }, () => call(gateway.port, {})));
    gateway.child.kill('SIGTERM');
    await gateway.exited;
    expect(gateway.lines().filter(({ type }) => type === 'access')).toHaveLength(50);
  });

  it('exits 1 at once on a second SIGTERM', async () => {
    const answer = call(gateway.port, { path: '/hold' }).catch(() => undefined);
    while (held.length === 0) await new Promise((resolve) => setImmediate(resolve));
    gateway.child.kill('SIGTERM');
    while (!gateway.output.includes('"draining"')) await new Promise((resolve) => gateway.child.stdout?.once('data', resolve));
    gateway.child.kill('SIGTERM');
    expect(await gateway.exited).toBe(1);
    await answer;
  });

  it('serves on while nobody reads its log', async () => {
    gateway.child.stdout?.pause();
    const statuses = [];
    // About 400 KB of lines; a pipe holds 64.
    for (let at = 0; at < 50; at += 1) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => call(gateway.port, {})));
      statuses.push(...answers.map(({ status }) => status));
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(500);
  });

  it('never logs the query string', async () => {
    await call(gateway.port, { path: '/api/items?token=hush' });
    gateway.child.kill('SIGTERM');
    await gateway.exited;
    expect(gateway.output).toContain('"path":"/api/items"');
    expect(gateway.output).not.toContain('hush');
  });

  it('probes itself healthy while the app answers', async () => {
    const config = configFor(appPort, { listen: { port: gateway.port, tls: true } });
    expect(await GatewayProcess.run(JSON.stringify(config), 'probe').exited).toBe(0);
  });

  it('probes itself unhealthy when the app is gone', async () => {
    await app.close();
    const config = configFor(appPort, { listen: { port: gateway.port, tls: true } });
    const code = await GatewayProcess.run(JSON.stringify(config), 'probe').exited;
    await app.listen();
    expect(code).toBe(1);
  });

  it('serves plain HTTP on loopback when TLS is off', async () => {
    const plain = await GatewayProcess.start(configFor(appPort, { listen: { port: 0, tls: false } }));
    const response = await fetch(`http://127.0.0.1:${plain.port}/api/items`);
    await plain.stop();
    expect(response.status).toBe(200);
  });

  it('names every fault of its configuration and exits 1', async () => {
    const broken = GatewayProcess.run('{"keepAliveMs":1}');
    expect(await broken.exited).toBe(1);
    expect(String(broken.lines()[0].message)).toMatch(/^PLINTH_GATEWAY: service must be .*keepAliveMs must be .*routes must be /);
  });
});
