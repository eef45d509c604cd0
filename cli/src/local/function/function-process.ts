import { entryPoint } from '../entry';
import { type Child, type ChildOptions, shownExit } from '../process/child';
import type { FunctionModel } from './function-model';
import type { FunctionAnswer, FunctionCode, Invocation } from './main';

/** What came of an invocation. */
export type Outcome =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly errorType: string; readonly errorMessage: string };

/** Where the process of a function is started, and what it is given. */
export interface FunctionProcessOptions {
  readonly model: FunctionModel;
  readonly name: string;
  readonly environment: { readonly [name: string]: string };
  readonly spawn: (options: ChildOptions) => Child;
  readonly onLine: (line: string) => void;
}

/** Lambda gives the code of a function this long to load. */
const LOAD_WITHIN_MS = 10_000;
const STOP_WITHIN_MS = 1_000;

/** One process of a function, which takes one event after the other until it crashes or runs out of time. */
export class FunctionProcess {
  private readonly child: Child;
  private readonly loaded: Promise<FunctionAnswer>;
  private answered: (answer: FunctionAnswer) => void = () => {};

  constructor(private readonly options: FunctionProcessOptions) {
    const { model, name, environment, spawn, onLine } = options;
    this.loaded = this.nextAnswer();
    this.child = spawn({
      name,
      command: [process.execPath, entryPoint('local-function.js')],
      cwd: model.folder,
      environment,
      onLine,
      onAnswer: (line) => this.answered(JSON.parse(line) as FunctionAnswer),
    });
    const code: FunctionCode = { folder: model.folder, handler: model.handler, name };
    this.child.send(JSON.stringify(code));
  }

  get isGone(): boolean {
    return this.child.isGone;
  }

  /** Hands it an event; one at a time. */
  async invoke(event: unknown): Promise<Outcome> {
    const { timeoutMs } = this.options.model;
    const started = await this.within(this.loaded, LOAD_WITHIN_MS);
    if ('ok' in started) return started;
    const answer = this.nextAnswer();
    const invocation: Invocation = { event, timeoutMs };
    this.child.send(JSON.stringify(invocation));
    const outcome = await this.within(answer, timeoutMs);
    if ('ok' in outcome) return outcome;
    if ('error' in outcome) return { ok: false, ...outcome.error };
    return { ok: true, value: 'value' in outcome ? outcome.value : undefined };
  }

  async stop(): Promise<void> {
    await this.child.stop(STOP_WITHIN_MS);
  }

  private nextAnswer(): Promise<FunctionAnswer> {
    return new Promise((resolve) => {
      this.answered = resolve;
    });
  }

  /** The answer, or how the process ended before; one that has not answered by then is ended. */
  private async within(answer: Promise<FunctionAnswer>, ms: number): Promise<FunctionAnswer | Extract<Outcome, { ok: false }>> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.child.kill();
    }, ms);
    const ended = this.child.exited.then((exit) => {
      const how = late ? `timed out after ${ms / 1_000} s` : `ended with ${shownExit(exit)}`;
      return { ok: false, errorType: late ? 'Sandbox.Timedout' : 'Runtime.ExitError', errorMessage: how } as const;
    });
    try {
      return await Promise.race([answer, ended]);
    } finally {
      clearTimeout(timer);
    }
  }
}
