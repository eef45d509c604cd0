import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { assemblyOf } from '../assembly';
import { type Command, type CommandContext, type ExitCode, Misuse } from '../command';
import { linesOf, type LocalEvent } from './events';
import { LocalFailure } from './failure';
import { startLocal } from './start-local';

const DEFAULT_PORT = 8080;
const HIGHEST_PORT = 65_535;

/** Runs a stage of a cloud assembly on this machine. */
export const local: Command = {
  name: 'local',
  summary: 'Runs a stage of a synthesized app on this machine: the same template, code and wiring on embedded engines.',
  positionals: ['ASSEMBLY'],
  flags: {
    env: { value: 'FILE', description: 'variables of the app over those of the template, a line NAME=VALUE each' },
    port: { value: 'N', description: `the port of the load balancer; PORT, else ${DEFAULT_PORT}, by default` },
    data: { value: 'DIR', description: 'where the data of the database and the values of secrets stay; they go with the run by default' },
    stage: { value: 'STAGE', description: 'the stage to run; dev, or the only one, by default' },
  },
  async run(args, context) {
    assemblyOf(args, context);
    const { directory, environment, out } = context;
    const tell = (event: LocalEvent) => {
      if (args.switches.has('json')) out(JSON.stringify(event));
      else for (const line of linesOf(event)) out(line);
    };
    const stop = new AbortController();
    const options = {
      assembly: resolve(directory, args.positionals[0] ?? 'cdk.out'),
      stage: args.values.get('stage'),
      port: portOf(args.values.get('port') ?? environment.PORT ?? String(DEFAULT_PORT)),
      overrides: overridesIn(args.values.get('env'), directory),
      data: args.values.get('data'),
      directory,
      environment,
      tell,
      signal: stop.signal,
    };
    return untilStopped(options, stop, context, tell);
  },
};

async function untilStopped(
  options: Parameters<typeof startLocal>[0],
  stop: AbortController,
  { interrupted = () => () => {} }: CommandContext,
  tell: (event: LocalEvent) => void,
): Promise<ExitCode> {
  let kill = () => {};
  const unsubscribe = interrupted((times) => (times === 1 ? stop.abort() : kill()));
  try {
    const platform = await startLocal(options);
    kill = () => platform.kill();
    const stopped = new Promise<void>((end) => {
      if (stop.signal.aborted) end();
      stop.signal.addEventListener('abort', () => end());
    });
    try {
      await Promise.race([stopped, platform.failure]);
    } finally {
      await platform.stop();
    }
    return 0;
  } catch (error) {
    if (!(error instanceof LocalFailure)) throw error;
    if (stop.signal.aborted) return 0;
    tell({ event: 'failed', reason: error.message });
    return 1;
  } finally {
    unsubscribe();
  }
}

/** Reads NAME=VALUE lines; empty ones and comments are none. */
function overridesIn(file: string | undefined, directory: string): { readonly [name: string]: string } {
  if (file === undefined) return {};
  const path = resolve(directory, file);
  if (!existsSync(path)) throw new Misuse(`plinth local: --env must be a file, got ${file}; it is not there`);
  const lines = readFileSync(path, 'utf8').split('\n');
  const pairs = lines.flatMap((line, index) => {
    if (/^\s*(?:#|$)/.test(line)) return [];
    const [, name, value] = /^\s*([A-Za-z_]\w*)=(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined) throw new Misuse(`plinth local: ${file}:${index + 1} must be NAME=VALUE, got something else; correct the line`);
    return [[name, value] as const];
  });
  return Object.fromEntries(pairs);
}

function portOf(given: string): number {
  const port = Number(given);
  if (Number.isInteger(port) && port >= 0 && port <= HIGHEST_PORT) return port;
  throw new Misuse(`plinth local: port must be a whole number from 0 to ${HIGHEST_PORT}, got ${given}; give it by --port or PORT`);
}
