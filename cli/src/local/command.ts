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
    port: { value: 'N', description: `the port of the load balancer; PORT, else ${DEFAULT_PORT}, by default` },
    data: { value: 'DIR', description: 'where the data of the database stays; it goes with the run by default' },
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

function portOf(given: string): number {
  const port = Number(given);
  if (Number.isInteger(port) && port >= 0 && port <= HIGHEST_PORT) return port;
  throw new Misuse(`plinth local: port must be a whole number from 0 to ${HIGHEST_PORT}, got ${given}; give it by --port or PORT`);
}
