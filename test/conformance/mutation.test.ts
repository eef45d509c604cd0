import { type AssemblyStage, readAssembly } from '../../lib/assembly';
import { DEMANDS } from '../../lib/conformance/demands';
import { judge, type Requirement } from '../../lib/conformance/requirement';
import { REQUIREMENTS } from '../../lib/conformance/requirements';
import { StageView } from '../../lib/conformance/stage-view';
import { platformAssembly } from '../support/stages';
import { mutationsOf, withoutEvidence } from './mutations';

const production = readAssembly(platformAssembly()).find(({ name }) => name === 'production')!;
const view = new StageView(production);
const kindOf = (id: string) => DEMANDS.find((demand) => demand.id === id)!.kind;
const met = REQUIREMENTS.filter(({ demand }) => kindOf(demand) === 'template')
  .map((requirement) => ({ requirement, demand: requirement.demand, finding: judge(requirement, view) }))
  .filter(({ finding }) => finding.status === 'met');

const statusOf = (requirement: Requirement, stage: AssemblyStage) => judge(requirement, new StageView(stage)).status;

test.each(met)('$demand is unmet without any part of its evidence', ({ requirement, finding }) => {
  const unnoticed = finding.evidence
    .flatMap((evidence) => mutationsOf(production, evidence))
    .filter(({ mutations }) => !mutations.some(({ stage }) => statusOf(requirement, stage) === 'unmet'))
    .map(({ name }) => name);

  expect(finding.evidence.length).toBeGreaterThan(0);
  expect(unnoticed).toEqual([]);
});

test.each(met)('$demand is unmet without the resources that show it', ({ requirement, finding }) => {
  expect(statusOf(requirement, withoutEvidence(production, finding.evidence))).toBe('unmet');
});

test('covers every template demand that production meets', () => {
  expect(met.length).toBeGreaterThanOrEqual(57);
});
