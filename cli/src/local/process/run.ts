import { LocalFailure } from '../failure';
import type { Tell } from '../events';
import { Child, type ChildOptions, shownExit } from './child';

/** What a server tells once it takes connections. */
export interface Listening {
  readonly port: number;
  /** Of the second server of the same process. */
  readonly tablesPort?: number;
  readonly version?: string;
}

/** What runs, in the order it was started, and the one way in which all of it ends. */
export class Run {
  /** Rejects when something ends that should not have, or when the run is given up. */
  readonly failure: Promise<never>;
  private readonly closers: (() => Promise<unknown>)[] = [];
  private readonly children = new Set<Child>();
  private stopped: Promise<void> | undefined;
  private reject!: (error: Error) => void;

  constructor(private readonly tell: Tell) {
    this.failure = new Promise<never>((_, reject) => {
      this.reject = reject;
    });
    this.failure.catch(() => {});
  }

  /** Gives the run up for a reason. */
  fail(error: Error): void {
    if (!this.stopped) this.reject(error);
  }

  /** What comes of some work, unless the run fails before. */
  within<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.failure]);
  }

  /** Has something ended when the run stops; last started, first stopped. */
  onStop(close: () => Promise<unknown>): void {
    this.closers.push(close);
  }

  /** Starts a process that is to run as long as the run does; `onLine` is told its lines besides the log. */
  start(options: Omit<ChildOptions, 'onLine'>, stopWithinMs: number, onLine: (line: string) => boolean = () => false): Child {
    const { name } = options;
    const child = this.spawn({
      ...options,
      onLine: (line) => {
        if (!onLine(line)) this.tell({ event: 'log', container: name, line });
      },
    });
    this.onStop(() => child.stop(stopWithinMs));
    child.exited.then(
      (exit) => this.fail(ended(child, shownExit(exit))),
      (error: Error) => this.fail(new LocalFailure(`${name} must start, got ${error.message}; correct its command or folder`)),
    );
    return child;
  }

  /** Starts a server and waits for the line in which it tells that it listens: a line of JSON with its port, unless it is told otherwise. */
  async startServer(
    options: Omit<ChildOptions, 'onLine'>,
    stopWithinMs: number,
    read: (line: string) => Listening | 'quiet' | undefined = listeningTold,
  ): Promise<Listening> {
    return this.within(
      new Promise((resolve) => {
        this.start(options, stopWithinMs, (line) => {
          const told = read(line);
          if (told !== undefined && told !== 'quiet') resolve(told);
          return told !== undefined;
        });
      }),
    );
  }

  /** Starts a process whose end is the caller's to judge; it does not outlive the run. */
  spawn(options: ChildOptions): Child {
    if (this.stopped) throw new LocalFailure(`${options.name} must start before the run is stopped`);
    const child = new Child(options);
    this.children.add(child);
    const forget = () => void this.children.delete(child);
    child.exited.then(forget, forget);
    return child;
  }

  /** Ends everything, last started first. */
  stop(): Promise<void> {
    this.stopped ??= this.close();
    return this.stopped;
  }

  /** Ends every process at once. */
  kill(): void {
    for (const child of this.children) child.kill();
  }

  private async close(): Promise<void> {
    for (const close of this.closers.toReversed()) await close().catch(() => {});
    this.kill();
  }
}

/** The port that a line of JSON tells, `{ message: 'listening', port }`. */
export function listeningTold(line: string): Listening | undefined {
  if (!line.includes('"listening"')) return undefined;
  const told: Partial<Listening> & { readonly message?: unknown } = JSON.parse(line);
  return told.message === 'listening' && told.port !== undefined
    ? { port: told.port, tablesPort: told.tablesPort, version: told.version }
    : undefined;
}

function ended({ name, lastLines }: Child, how: string): LocalFailure {
  const lines = lastLines.length === 0 ? ', and it had written nothing' : `; its last lines:\n${lastLines.slice(-10).join('\n')}`;
  return new LocalFailure(`${name} ended by itself with ${how}${lines}`);
}
