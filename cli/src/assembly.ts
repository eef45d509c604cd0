import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type AssemblyStage, readAssembly } from '../../lib/assembly';
import { type Arguments, type CommandContext, Misuse } from './command';

/** The assembly that a command was given as its first argument, `cdk.out` by default. */
export function assemblyOf({ positionals }: Arguments, context: CommandContext): AssemblyStage[] {
  return assemblyAt(positionals[0], context);
}

/** The assembly of a directory, `cdk.out` by default. */
export function assemblyAt(given = 'cdk.out', { directory }: CommandContext): AssemblyStage[] {
  const path = resolve(directory, given);
  if (!existsSync(path)) throw new Misuse(`plinth: ASSEMBLY must be a directory that \`cdk synth\` wrote, got ${given}; it is not there`);
  try {
    return readAssembly(path);
  } catch (error) {
    throw new Misuse(`plinth: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The stage of a name, or of its tag `environment`. */
export function stageNamed(stages: readonly AssemblyStage[], wanted: string, command: string): AssemblyStage {
  const stage = stages.find(({ name, environment }) => name === wanted || environment === wanted);
  if (stage) return stage;
  const names = stages.map(({ name }) => name).join(', ') || 'none, as the assembly has no stage';
  throw new Misuse(`plinth ${command}: --stage must be one of the assembly (${names}), got ${wanted}`);
}
