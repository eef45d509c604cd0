import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type AssemblyStage, readAssembly } from '../../lib/assembly';
import { type Arguments, type CommandContext, Misuse } from './command';

/** The assembly that a command was given as its first argument, `cdk.out` by default. */
export function assemblyOf({ positionals }: Arguments, { directory }: CommandContext): AssemblyStage[] {
  const given = positionals[0] ?? 'cdk.out';
  const path = resolve(directory, given);
  if (!existsSync(path)) throw new Misuse(`plinth: ASSEMBLY must be a directory that \`cdk synth\` wrote, got ${given}; it is not there`);
  try {
    return readAssembly(path);
  } catch (error) {
    throw new Misuse(`plinth: ${error instanceof Error ? error.message : String(error)}`);
  }
}
