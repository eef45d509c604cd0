import { parseArguments } from './arguments';
import { type Command, type CommandContext, Misuse } from './command';
import { commands as all } from './commands';
import { helpOf, overview } from './help';

/** What the program writes to, and who runs it. */
export interface Program extends CommandContext {
  readonly commands?: readonly Command[];
  readonly err: (line: string) => void;
}

/** Runs one command line; resolves to the exit code. */
export async function runProgram(tokens: readonly string[], program: Program): Promise<0 | 1 | 2> {
  const commands = program.commands ?? all;
  const [name, ...rest] = tokens;
  if (name === '--help' || name === '-h' || name === 'help') {
    for (const line of overview(commands)) program.out(line);
    return 0;
  }
  const command = commands.find((one) => one.name === name);
  if (!command) {
    program.err(`plinth: the command must be one of ${commands.map((one) => one.name).join(', ')}, got ${name ?? 'none'}`);
    return 2;
  }
  try {
    const args = parseArguments(command, rest);
    if (args.switches.has('help')) {
      for (const line of helpOf(command)) program.out(line);
      return 0;
    }
    return await command.run(args, program);
  } catch (error) {
    if (!(error instanceof Misuse)) throw error;
    program.err(error.message);
    return 2;
  }
}
