import { resolve } from 'node:path';
import type { DemandReport } from '../../../lib/conformance/demand';
import { reportOn } from '../../../lib/conformance/report';
import { assemblyOf } from '../assembly';
import { type Command, Misuse } from '../command';
import { tableOf } from './table';

const KINDS = ['template', 'runtime', 'process'];

/** Judges a cloud assembly by every demand. */
export const conformance: Command = {
  name: 'conformance',
  summary: 'Which demands of the checklist a synthesized app meets, and what shows it.',
  positionals: ['ASSEMBLY'],
  flags: {
    'fail-on': { value: 'KIND', description: `fail on unmet demands of this kind only: ${KINDS.join(', ')}` },
    root: { value: 'DIR', description: 'the project whose tests and files count; the working directory by default' },
  },
  run(args, context) {
    const failOn = args.values.get('fail-on');
    if (failOn !== undefined && !KINDS.includes(failOn)) {
      throw new Misuse(`plinth conformance: --fail-on must be one of ${KINDS.join(', ')}, got ${failOn}`);
    }
    const root = resolve(context.directory, args.values.get('root') ?? '.');
    const demands = reportOn(assemblyOf(args, context), { root });
    if (args.switches.has('json')) context.out(JSON.stringify({ demands }, undefined, 2));
    else for (const line of tableOf(demands)) context.out(line);
    return demands.some((demand) => fails(demand, failOn)) ? 1 : 0;
  },
};

function fails({ status, kind }: DemandReport, failOn: string | undefined): boolean {
  return status === 'unmet' && (failOn === undefined || kind === failOn);
}
