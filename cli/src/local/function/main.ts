import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { format } from 'node:util';

/** What this process is told in its first line: which function it is. */
export interface FunctionCode {
  /** Where the function's code is. */
  readonly folder: string;
  /** `file.export`, as Lambda has it. */
  readonly handler: string;
  readonly name: string;
}

/** What it is told in each line after that, once it has answered the one before. */
export interface Invocation {
  readonly event: unknown;
  readonly timeoutMs: number;
}

/** What it answers: first that its code is loaded, then the outcome of each invocation. */
export type FunctionAnswer =
  | { readonly loaded: true }
  | { readonly value: unknown }
  | { readonly error: { readonly errorType: string; readonly errorMessage: string } };

type Handler = (event: unknown, context: unknown) => unknown;

let requestId = randomUUID();

/** The console as Lambda has it with logs as JSON. */
function writeJson(): void {
  for (const level of ['debug', 'info', 'log', 'warn', 'error'] as const) {
    console[level] = (...words: readonly unknown[]) => {
      const [first] = words;
      const message = words.length === 1 && typeof first === 'object' && !(first instanceof Error) ? first : format(...words);
      const line = { timestamp: new Date().toISOString(), level: level === 'log' ? 'INFO' : level.toUpperCase(), requestId, message };
      process.stdout.write(`${JSON.stringify(line)}\n`);
    };
  }
}

async function load({ folder, handler }: FunctionCode): Promise<Handler> {
  const dot = handler.lastIndexOf('.');
  const [file, exported] = [join(folder, handler.slice(0, dot)), handler.slice(dot + 1)];
  const path = ['.js', '.mjs', '.cjs'].map((ending) => file + ending).find((one) => existsSync(one)) ?? `${file}.js`;
  const module = (await import(path)) as { readonly [name: string]: Handler };
  return module[exported];
}

async function invoke(handle: Handler, name: string, { event, timeoutMs }: Invocation): Promise<FunctionAnswer> {
  requestId = randomUUID();
  const endsAt = Date.now() + timeoutMs;
  const context = { awsRequestId: requestId, functionName: name, getRemainingTimeInMillis: () => Math.max(0, endsAt - Date.now()) };
  try {
    return { value: (await handle(event, context)) ?? null };
  } catch (error) {
    console.error(error);
    const { name: errorType, message: errorMessage } = error instanceof Error ? error : { name: 'Error', message: String(error) };
    return { error: { errorType, errorMessage } };
  }
}

async function main(): Promise<void> {
  const answers = new Socket({ fd: 4 });
  const answer = (one: FunctionAnswer) => void answers.write(`${JSON.stringify(one)}\n`);
  writeJson();
  let code: FunctionCode | undefined;
  let handle: Handler = () => undefined;
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    if (code) {
      answer(await invoke(handle, code.name, JSON.parse(line) as Invocation));
    } else {
      code = JSON.parse(line) as FunctionCode;
      handle = await load(code);
      answer({ loaded: true });
    }
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
