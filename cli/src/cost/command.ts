import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AssemblyStage } from '../../../lib/assembly';
import { assemblyOf } from '../assembly';
import { type Command, type CommandContext, Misuse } from '../command';
import { estimate } from './estimate';
import { reportOf } from './report';
import { tableOf } from './table';
import { assumptionsOf, type StageAssumptions } from './usage-file';

/** Prices a cloud assembly by a dated price list. */
export const cost: Command = {
  name: 'cost',
  summary: 'What each stage of a synthesized app costs a month, beside its budget.',
  positionals: ['ASSEMBLY'],
  flags: {
    usage: { value: 'FILE', description: 'JSON of assumptions to change, by stage' },
    lines: { description: 'print every line of the bill' },
  },
  run(args, context) {
    const stages = assemblyOf(args, context);
    const assumptions = assumed(stages, args.values.get('usage'), context);
    const reports = stages.map((stage, index) => reportOf(estimate(stage, assumptions[index]), assumptions[index]));
    if (args.switches.has('json')) context.out(JSON.stringify({ stages: reports }, undefined, 2));
    else for (const line of reports.flatMap((report) => tableOf(report, args.switches.has('lines')))) context.out(line);
    return reports.every(({ withinBand }) => withinBand) ? 0 : 1;
  },
};

function assumed(stages: readonly AssemblyStage[], file: string | undefined, { directory }: CommandContext): StageAssumptions[] {
  try {
    return assumptionsOf(stages, file === undefined ? {} : read(resolve(directory, file)));
  } catch (error) {
    const faults = error instanceof Error ? error.message : String(error);
    throw new Misuse(faults.replaceAll(/^/gm, `plinth cost: ${file ?? 'usage'}: `));
  }
}

function read(file: string): unknown {
  if (!existsSync(file)) throw new Error('--usage must be a file, found none; correct the path');
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new Error('--usage must be JSON, got something else; correct the file');
  }
}
