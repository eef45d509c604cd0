import { snapshotName, tagValue } from './name';
import type { Target } from './target';

/** Who the credentials stand for. */
export interface Caller {
  readonly account: string;
  readonly arn: string;
}

/** A database as it runs: what a restore has to be told again. */
export interface Instance {
  readonly identifier: string;
  readonly arn: string;
  readonly instanceClass: string;
  readonly subnetGroup: string;
  readonly securityGroups: readonly string[];
  readonly parameterGroup: string;
  readonly multiAz: boolean;
}

export interface SnapshotState {
  /** creating, available or failed, as RDS says it. */
  readonly status: string;
  readonly percent: number;
}

/** The account that the database runs in. */
export interface Cloud {
  caller(): Promise<Caller>;
  /** The name of a deployed resource. */
  physicalId(stackName: string, logicalId: string): Promise<string>;
  instance(identifier: string): Promise<Instance>;
  create(identifier: string, name: string, tags: { readonly [key: string]: string }): Promise<void>;
  state(name: string): Promise<SnapshotState>;
}

export interface Clock {
  now(): Date;
  sleep(ms: number): Promise<void>;
}

/** A snapshot that could not be taken: exit code 1. */
export class SnapshotFault extends Error {
  readonly code = 'snapshot';
}

/** Credentials that are not of the stage's account: exit code 2, with nothing made. */
export class WrongAccount extends Error {
  readonly code = 'wrong-account';
}

export interface Taken {
  readonly snapshot: string;
  readonly instance: Instance;
  readonly status: string;
}

const POLL_MS = 10_000;
const LONGEST_WAIT_MS = 2 * 60 * 60 * 1000;

/** Takes a snapshot of a stage's database, and waits until it can be restored. Nothing is made before the account is known to be right. */
export async function takeSnapshot(
  target: Target,
  wish: { readonly reason: string; readonly wait: boolean },
  { cloud, clock, report }: { readonly cloud: Cloud; readonly clock: Clock; readonly report: (line: string) => void },
): Promise<Taken> {
  const caller = await cloud.caller();
  refuseWrongAccount(target, caller);
  const instance = await cloud.instance(await cloud.physicalId(target.stackName, target.logicalId));
  const snapshot = snapshotName(target.stage, wish.reason, clock.now());
  const tags = { reason: wish.reason, stage: target.stage, 'taken-by': caller.arn };
  await cloud.create(instance.identifier, snapshot, Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, tagValue(value)])));
  report(`${snapshot}: begun, of ${instance.identifier}`);
  return { snapshot, instance, status: wish.wait ? await available(snapshot, { cloud, clock, report }) : 'creating' };
}

/** Refuses credentials that are not of the account a stage runs in. */
export function refuseWrongAccount({ account, stage }: Pick<Target, 'account' | 'stage'>, caller: Caller): void {
  if (account === undefined || caller.account === account) return;
  throw new WrongAccount(
    `the credentials must be of account ${account}, where ${stage} runs, got ${caller.account} (${caller.arn}); ` +
      'set AWS_PROFILE, or assume a role of that account',
  );
}

async function available(
  snapshot: string,
  { cloud, clock, report }: { readonly cloud: Cloud; readonly clock: Clock; readonly report: (line: string) => void },
): Promise<string> {
  const until = clock.now().getTime() + LONGEST_WAIT_MS;
  let told = '';
  while (clock.now().getTime() < until) {
    const { status, percent } = await cloud.state(snapshot);
    if (status === 'available') return status;
    if (status === 'failed')
      throw new SnapshotFault(`${snapshot}: the snapshot must become available, got failed; delete it and try again`);
    const line = `${snapshot}: ${status}, ${percent} %`;
    if (line !== told) report(line);
    told = line;
    await clock.sleep(POLL_MS);
  }
  throw new SnapshotFault(
    `${snapshot}: the snapshot must be available within ${LONGEST_WAIT_MS / 60_000} minutes, got none; it goes on without this command`,
  );
}
