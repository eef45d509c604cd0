import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../../../cli/src/program';
import { type Dependencies, snapshotCommand } from '../../../cli/src/snapshot/command';
import type { Caller, Cloud, SnapshotState } from '../../../cli/src/snapshot/take';

type Resource = { readonly Type: string; readonly Properties?: object };

/** An assembly of one stage, `production`, with the given resources beside a tag that names it. */
export function assembly(resources: { readonly [id: string]: Resource }, environment = 'aws://333333333333/eu-west-1'): string {
  const directory = join(mkdtempSync(join(tmpdir(), 'plinth-snapshot-')), 'cdk.out');
  const tagged = Object.entries(resources).map(([id, { Type, Properties }]) => [
    id,
    { Type, Properties: { ...Properties, Tags: [{ Key: 'environment', Value: 'production' }] } },
  ]);
  mkdirSync(directory);
  const artifact = { type: 'aws:cloudformation:stack', environment, properties: { templateFile: 'S.json', stackName: 'production-Data' } };
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ artifacts: { S: artifact } }));
  writeFileSync(join(directory, 'S.json'), JSON.stringify({ Resources: Object.fromEntries(tagged) }));
  return directory;
}

export const database: Resource = { Type: 'AWS::RDS::DBInstance', Properties: { Engine: 'postgres' } };

/** An account that remembers what it was asked for, in order, and answers with one state of the snapshot after the other. */
export class FakeCloud implements Cloud {
  readonly asked: string[] = [];
  readonly tags: { readonly [key: string]: string }[] = [];

  constructor(
    private readonly answers: {
      readonly caller?: Caller;
      readonly states?: readonly SnapshotState[];
      readonly fault?: { readonly at: keyof Cloud; readonly error: Error };
    } = {},
  ) {}

  caller = () => this.answer('caller', '', this.answers.caller ?? { account: '333333333333', arn: 'arn:aws:iam::333333333333:user/anna' });

  physicalId = (stack: string, id: string) => this.answer('physicalId', `${stack}/${id}`, 'production-db-1a2b');

  instance = (identifier: string) =>
    this.answer('instance', identifier, {
      identifier,
      arn: `arn:aws:rds:eu-west-1:333333333333:db:${identifier}`,
      instanceClass: 'db.t4g.xlarge',
      subnetGroup: 'subnets',
      securityGroups: ['sg-1', 'sg-2'],
      parameterGroup: 'parameters',
      multiAz: true,
    });

  create = (identifier: string, name: string, tags: { readonly [key: string]: string }) => {
    this.tags.push(tags);
    return this.answer('create', `${identifier} as ${name}`, undefined);
  };

  state = (name: string) => {
    const { states = [{ status: 'available', percent: 100 }] } = this.answers;
    const before = this.asked.filter((one) => one.startsWith('state')).length;
    return this.answer('state', name, states[Math.min(before, states.length - 1)]);
  };

  private async answer<T>(verb: keyof Cloud, what: string, answer: T): Promise<T> {
    this.asked.push(`${verb} ${what}`.trim());
    if (this.answers.fault?.at === verb) throw this.answers.fault.error;
    return answer;
  }
}

/** Runs the command against an account, with a clock that sleeps at once. */
export async function plinth(directory: string, cloud: Cloud, tokens: readonly string[], environment: { [name: string]: string } = {}) {
  const [out, err, regions]: string[][] = [[], [], []];
  let now = Date.parse('2026-03-04T05:06:07Z');
  const dependencies: Dependencies = {
    cloud: async (region) => {
      regions.push(region);
      return cloud;
    },
    clock: {
      now: () => new Date(now),
      sleep: async (ms) => {
        now += ms;
      },
    },
  };
  const code = await runProgram(['snapshot', ...tokens], {
    commands: [snapshotCommand(dependencies)],
    directory: join(directory, '..'),
    environment,
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
  });
  return { code, out, err, regions };
}
