import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { assemblyAt } from '../assembly';
import { type Command, type CommandContext, type ExitCode, Misuse } from '../command';
import { linesOf, type LocalEvent, type Tell } from './events';
import { type Example, exampleNamed, synthesize } from './example';
import { LocalFailure } from './failure';
import { type LocalOptions, startLocal } from './start-local';

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
    strict: { description: 'webhooks go to public addresses alone, as in AWS; by default to receivers on this machine as well' },
    example: {
      value: 'NAME',
      description: 'synthesizes recommendation-api or contextual-platform into ASSEMBLY first; in the built repository only',
    },
  },
  async run(args, context) {
    const { directory, environment, out } = context;
    const tell = (event: LocalEvent) => {
      if (args.switches.has('json')) out(JSON.stringify(event));
      else for (const line of linesOf(event)) out(line);
    };
    const named = args.values.get('example');
    const example = named === undefined ? undefined : exampleNamed(named);
    const given = args.positionals[0];
    if (!example) assemblyAt(given, context);
    const data = args.values.get('data');
    const options = {
      assembly: resolve(directory, given ?? 'cdk.out'),
      stage: args.values.get('stage'),
      port: portOf(args.values.get('port') ?? environment.PORT ?? String(DEFAULT_PORT)),
      overrides: overridesIn(args.values.get('env'), directory),
      data: data === undefined ? undefined : resolve(directory, data),
      directory: example?.root ?? directory,
      environment,
      strict: args.switches.has('strict'),
      tell,
    };
    return untilStopped(options, example, context);
  },
};

async function untilStopped(
  options: LocalOptions & { readonly tell: Tell },
  example: Example | undefined,
  { interrupted = () => () => {} }: CommandContext,
): Promise<ExitCode> {
  const { tell } = options;
  const stop = new AbortController();
  let kill = () => {};
  const unsubscribe = interrupted((times) => (times === 1 ? stop.abort() : kill()));
  try {
    if (example) await synthesizeFirst(example, options, stop.signal);
    const platform = await startLocal({ ...options, signal: stop.signal });
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

async function synthesizeFirst(example: Example, { assembly, tell = () => {} }: LocalOptions, signal: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  await synthesize(example, assembly, signal);
  tell({ event: 'synthesized', example: example.name, assembly, tookMs: Math.round(performance.now() - startedAt) });
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
