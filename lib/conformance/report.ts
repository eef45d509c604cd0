import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AssemblyStage } from '../assembly';
import type { Demand, DemandReport, StageFinding } from './demand';
import { DEMANDS } from './demands';
import { PROOFS, type Proof } from './proofs';
import { judge, type Requirement } from './requirement';
import { REQUIREMENTS } from './requirements';
import { StageView } from './stage-view';
import { TestResults } from './test-results';

/** What a report is made from, besides the assembly. */
export interface ReportOptions {
  /** The directory that the tests and files of the project are in. */
  readonly root: string;
  readonly demands?: readonly Demand[];
  readonly requirements?: readonly Requirement[];
  readonly proofs?: readonly Proof[];
}

const WORST_FIRST = ['unmet', 'relaxed', 'met', 'not-applicable'];

/** How an assembly stands to every demand. */
export function reportOn(stages: readonly AssemblyStage[], options: ReportOptions): DemandReport[] {
  const { root, demands = DEMANDS, requirements = REQUIREMENTS, proofs = PROOFS } = options;
  const everyStack = stages.flatMap(({ stacks }) => stacks);
  const views = stages.map((stage) => [stage.name, new StageView(stage, everyStack)] as const);
  const results = TestResults.in(root);
  return demands.map((demand) => {
    const requirement = requirements.find((one) => one.demand === demand.id);
    const proof = proofs.find((one) => one.demand === demand.id);
    const found = requirement ? Object.fromEntries(views.map(([name, view]) => [name, judge(requirement, view)])) : {};
    return { ...demand, ...summary(found, proof && shortcoming(proof, results, root), Boolean(requirement), proof), stages: found };
  });
}

type Summary = Pick<DemandReport, 'status' | 'tests' | 'files' | 'reason'>;

/** The worst of the stages and of what stands outside templates; what is in no stage has nothing to show there. */
function summary(
  stages: { readonly [stage: string]: StageFinding },
  missing: string | undefined,
  hasRequirement: boolean,
  proof?: Proof,
): Summary {
  const tests = proof?.tests.map(({ file, title }) => `${file}: ${title}`) ?? [];
  const files = [...(proof?.files ?? [])];
  if (!hasRequirement && !proof) return { status: 'planned', tests, files };
  const statuses = Object.values(stages).map(({ status }) => status);
  if (hasRequirement && statuses.every((status) => status === 'not-applicable')) return { status: 'not-applicable', tests, files };
  if (proof) statuses.push(missing === undefined ? 'met' : 'unmet');
  const status = WORST_FIRST.find((one) => statuses.includes(one)) ?? 'not-applicable';
  return { status, tests, files, ...(missing !== undefined && { reason: missing }) };
}

/** What a proof lacks. */
function shortcoming({ tests, files }: Proof, results: TestResults, root: string): string | undefined {
  const absent = files.filter((file) => !existsSync(join(root, file)));
  if (absent.length > 0) return `there must be ${absent.join(', ')}`;
  const failed = tests.filter((test) => results.outcome(test) === 'failed');
  if (failed.length > 0) return `failed: ${failed.map(({ title }) => title).join(', ')}`;
  return tests.some((test) => results.outcome(test) === 'not run') ? 'not run: npm test' : undefined;
}
