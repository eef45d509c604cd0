import { assemblyAt } from '../assembly';
import { type Arguments, type Command, type CommandContext, type ExitCode, Misuse } from '../command';
import { restoreCommand } from './restore-command';
import { type Clock, type Cloud, SnapshotFault, takeSnapshot, WrongAccount } from './take';
import { type Target, targetOf } from './target';

export interface Dependencies {
  /** The account, in the region of the stage. */
  readonly cloud: (region: string) => Promise<Cloud>;
  readonly clock: Clock;
}

const LONGEST_REASON = 200;

/** Takes a snapshot of a stage's database. */
export function snapshotCommand(dependencies: Dependencies): Command {
  return {
    name: 'snapshot',
    summary: "A manual snapshot of a stage's database, before a major change. It stays until somebody deletes it.",
    positionals: [],
    flags: {
      stage: { value: 'NAME', description: 'the stage, such as production' },
      reason: { value: 'TEXT', description: `why, 1 to ${LONGEST_REASON} characters: part of its name and a tag` },
      assembly: { value: 'DIR', description: 'what `cdk synth` wrote; cdk.out by default' },
      database: { value: 'ID', description: 'the logical id of the database, where a stage has more than one' },
      'no-wait': { description: 'end when it has begun, not when it can be restored' },
    },
    async run(args, context) {
      const reason = reasonOf(args);
      const stage = required(args, 'stage');
      const target = targetOf(assemblyAt(args.values.get('assembly'), context), { stage, database: args.values.get('database') });
      return take(target, reason, args, context, dependencies);
    },
  };
}

async function take(
  target: Target,
  reason: string,
  { switches }: Arguments,
  context: CommandContext,
  { cloud, clock }: Dependencies,
): Promise<ExitCode> {
  const json = switches.has('json');
  const region = regionOf(target, context);
  const report = json ? () => undefined : context.out;
  try {
    const taken = await takeSnapshot(target, { reason, wait: !switches.has('no-wait') }, { cloud: await cloud(region), clock, report });
    const restore = restoreCommand(taken, region);
    const { snapshot, status, instance } = taken;
    if (json) context.out(JSON.stringify({ snapshot, status, instance: instance.identifier, region, reason, restore }, undefined, 2));
    else for (const line of [`${snapshot}: ${status}`, 'restore it beside the database with:', `  ${restore}`]) context.out(line);
    return 0;
  } catch (error) {
    if (error instanceof WrongAccount) throw new Misuse(`plinth snapshot: ${error.message}`);
    if (!(error instanceof SnapshotFault)) throw error;
    context.out(json ? JSON.stringify({ error: error.message }, undefined, 2) : `plinth snapshot: ${error.message}`);
    return 1;
  }
}

function required({ values }: Arguments, flag: string): string {
  const value = values.get(flag);
  if (value === undefined) throw new Misuse(`plinth snapshot: --${flag} must be given, got nothing`);
  return value;
}

function reasonOf(args: Arguments): string {
  const reason = required(args, 'reason').trim();
  const { length } = Array.from(reason);
  if (length >= 1 && length <= LONGEST_REASON) return reason;
  throw new Misuse(`plinth snapshot: --reason must be 1 to ${LONGEST_REASON} characters, got ${length}`);
}

function regionOf({ region, stage }: Target, { environment }: CommandContext): string {
  const given = region ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION;
  if (given) return given;
  throw new Misuse(`plinth snapshot: AWS_REGION must be set, as ${stage} is not synthesized for a region, got nothing`);
}
