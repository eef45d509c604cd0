/** Where a command reads and writes. */
export interface CommandContext {
  readonly directory: string;
  readonly environment: { readonly [name: string]: string | undefined };
  readonly out: (line: string) => void;
  /** Tells a listener each time the program is asked to end, and how often it was; gives back how to stop listening. */
  readonly interrupted?: (listener: (times: number) => void) => () => void;
}

/** One flag of a command. */
export interface FlagSpec {
  /** The name of its value in the help, such as `FILE`; a flag without is a switch. */
  readonly value?: string;
  readonly description: string;
}

/** What was given on the command line, checked against the command's own declaration. */
export interface Arguments {
  readonly positionals: readonly string[];
  readonly switches: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
}

/** 0: fine. 1: something was found. Misuse is thrown. */
export type ExitCode = 0 | 1;

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** The names of its positional arguments, all optional, in order. */
  readonly positionals: readonly string[];
  /** By name, without the dashes; every command has --help and --json besides. */
  readonly flags: { readonly [name: string]: FlagSpec };
  run(args: Arguments, context: CommandContext): ExitCode | Promise<ExitCode>;
}

/** A command that cannot run as it was called: exit code 2 with the message alone. */
export class Misuse extends Error {
  readonly code = 'misuse';
}
