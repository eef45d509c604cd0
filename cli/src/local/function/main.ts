import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { format } from 'node:util';

/** What the local run tells this process on its standard input. */
export interface Invocation {
  /** Where the function's code is. */
  readonly folder: string;
  /** `file.export`, as Lambda has it. */
  readonly handler: string;
  readonly name: string;
  readonly event: unknown;
  readonly timeoutMs: number;
}

/** The console as Lambda has it with logs as JSON. */
function writeJson(requestId: string): void {
  for (const level of ['debug', 'info', 'log', 'warn', 'error'] as const) {
    console[level] = (...words: readonly unknown[]) => {
      const [first] = words;
      const message = words.length === 1 && typeof first === 'object' && !(first instanceof Error) ? first : format(...words);
      const line = { timestamp: new Date().toISOString(), level: level === 'log' ? 'INFO' : level.toUpperCase(), requestId, message };
      process.stdout.write(`${JSON.stringify(line)}\n`);
    };
  }
}

async function main(): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  const { folder, handler, name, event, timeoutMs }: Invocation = JSON.parse(Buffer.concat(parts).toString());
  const [file, exported] = handler.split('.');
  const endsAt = Date.now() + timeoutMs;
  const requestId = randomUUID();
  writeJson(requestId);
  const context = { awsRequestId: requestId, functionName: name, getRemainingTimeInMillis: () => Math.max(0, endsAt - Date.now()) };
  const module = (await import(join(folder, `${file}.js`))) as {
    readonly [name: string]: (event: unknown, context: unknown) => Promise<unknown>;
  };
  await module[exported](event, context);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
