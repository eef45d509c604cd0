import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ChildOptions {
  readonly name: string;
  readonly command: readonly string[];
  readonly cwd: string;
  /** All of its environment: nothing is inherited. */
  readonly environment: { readonly [name: string]: string };
  /** What it reads on its standard input. */
  readonly input?: string;
  readonly onLine: (line: string) => void;
  /** Has lines sent to its standard input and taken from its descriptor 4, beside what it prints. */
  readonly onAnswer?: (line: string) => void;
}

/**
 * The guard of a process group: a shell that waits on a pipe which only this process holds open. When this process is gone, however it
 * went, the pipe closes and the guard ends the group. The command takes the place of the shell that starts it.
 */
const GUARDED = '(trap "" TERM; read -r _; kill -TERM 0; sleep 2; kill -KILL 0) <&3 >/dev/null 2>&1 & exec "$@" 3<&-';
const LAST_LINES = 20;

/** A process in a group of its own, which never outlives this one. */
export class Child {
  /** What it wrote last. */
  readonly lastLines: string[] = [];
  /** Resolves when it is gone, with everything it started. */
  readonly exited: Promise<Exit>;
  private readonly process: ChildProcess;
  private gone = false;

  constructor(private readonly options: ChildOptions) {
    const { command, cwd, environment, input, onAnswer } = options;
    const asks = onAnswer !== undefined;
    this.process = spawn('/bin/sh', ['-c', GUARDED, 'sh', ...command], {
      cwd,
      env: environment,
      detached: true,
      stdio: [input === undefined && !asks ? 'ignore' : 'pipe', 'pipe', 'pipe', 'pipe', ...(asks ? ['pipe' as const] : [])],
    });
    this.process.stdin?.on('error', () => {});
    if (asks) createInterface({ input: this.process.stdio[4] as Readable, crlfDelay: Infinity }).on('line', onAnswer);
    else this.process.stdin?.end(input);
    const lines = Promise.all([this.read(this.process.stdout), this.read(this.process.stderr)]);
    this.exited = new Promise<Exit>((resolve, reject) => {
      this.process.once('error', reject);
      this.process.once('exit', (code, signal) => {
        this.gone = true;
        this.signalGroup('SIGKILL');
        void lines.then(() => resolve({ code, signal }));
      });
    });
    // Whoever waits for it is told; a start that fails before anybody waits is told then.
    this.exited.catch(() => {});
  }

  get name(): string {
    return this.options.name;
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  get isGone(): boolean {
    return this.gone;
  }

  /** Sends a line to one that answers. */
  send(line: string): void {
    this.process.stdin?.write(`${line}\n`);
  }

  /** Asks it to end, and ends it when it has not by then, as ECS does. */
  async stop(withinMs: number): Promise<Exit> {
    if (!this.gone) this.process.kill('SIGTERM');
    const timer = setTimeout(() => this.kill(), withinMs);
    try {
      return await this.exited;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends it at once. */
  kill(): void {
    if (!this.gone) this.signalGroup('SIGKILL');
  }

  private signalGroup(signal: NodeJS.Signals): void {
    const { pid } = this.process;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  private read(stream: NodeJS.ReadableStream | null): Promise<void> {
    if (!stream) return Promise.resolve();
    const lines = createInterface({ input: stream, crlfDelay: Infinity });
    lines.on('line', (line) => {
      this.lastLines.push(line);
      if (this.lastLines.length > LAST_LINES) this.lastLines.shift();
      this.options.onLine(line);
    });
    return new Promise((resolve) => {
      lines.once('close', resolve);
    });
  }
}

/** An exit as a reader understands it. */
export function shownExit({ code, signal }: Exit): string {
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}
