import {
  type IPolicyValidationContext,
  type IPolicyValidationPlugin,
  type PolicyValidationPluginReport,
  type PolicyViolatingResource,
  type PolicyViolation,
  Stage,
} from 'aws-cdk-lib';
import { type AssemblyStage, readAssembly } from '../assembly';
import type { Evidence, StageFinding } from './demand';
import { DEMANDS } from './demands';
import { judge } from './requirement';
import { REQUIREMENTS } from './requirements';
import { StageView } from './stage-view';

const TEMPLATE_DEMANDS = DEMANDS.filter(({ kind }) => kind === 'template');

/**
 * Judges the templates of a synthesis; what a demand lacks is a violation of a rule of its name.
 * @internal
 */
export class ConformancePlugin implements IPolicyValidationPlugin {
  readonly name = 'plinth';
  readonly ruleIds = TEMPLATE_DEMANDS.map(({ id }) => id);

  validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    const { appConstruct } = context;
    if (!Stage.isStage(appConstruct))
      throw new Error('Conformance: the plugin must be added to an app, got another scope; add it to the app');
    const stages = readAssembly(appConstruct.outdir);
    const everyStack = stages.flatMap(({ stacks }) => stacks);
    const asked = new Set(context.stackTemplates.map(({ templatePath }) => templatePath));
    const violations = stages
      .filter(({ stacks }) => stacks.some(({ file }) => asked.has(file)))
      .flatMap((stage) => violationsOf(stage, new StageView(stage, everyStack), context));
    return { success: violations.length === 0, violations };
  }
}

function violationsOf(stage: AssemblyStage, view: StageView, context: IPolicyValidationContext): PolicyViolation[] {
  return REQUIREMENTS.flatMap((requirement) => {
    const demand = TEMPLATE_DEMANDS.find(({ id }) => id === requirement.demand);
    const finding = judge(requirement, view);
    if (!demand || finding.status !== 'unmet') return [];
    return [
      {
        ruleName: demand.id,
        description: `${stage.name}: ${demand.ask} (${finding.reason})`,
        severity: 'error',
        violatingResources: resourcesOf(stage, finding, context),
      },
    ];
  });
}

/** What is missing altogether stands on the stage's first stack. */
function resourcesOf({ stacks }: AssemblyStage, { evidence }: StageFinding, context: IPolicyValidationContext): PolicyViolatingResource[] {
  const { stackTemplates } = context;
  if (evidence.length === 0) {
    const first = stackTemplates.find(({ templatePath }) => stacks.some(({ file }) => file === templatePath));
    return [{ constructPath: first?.stackConstructPath ?? context.appConstruct.node.path, locations: [] }];
  }
  const byResource = new Map<string, Evidence[]>();
  for (const one of evidence) {
    const key = `${one.stack} ${one.logicalId}`;
    byResource.set(key, [...(byResource.get(key) ?? []), one]);
  }
  return [...byResource.values()].map((found) => ({
    resourceLogicalId: found[0].logicalId,
    templatePath: stacks.find(({ id }) => id === found[0].stack)?.file,
    locations: found.map(({ path }) => path),
  }));
}
