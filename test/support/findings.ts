import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, CfnResource, type IPolicyValidationPlugin, Validations, type ValidationRuleSource } from 'aws-cdk-lib';
import { CloudAssembly, SynthesisMessageLevel } from 'aws-cdk-lib/cx-api';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks } from 'cdk-nag';
import { DeployRules } from '../../lib/conformance';
import { EXCEPTION_FAMILIES } from '../../lib/governance/exceptions';

interface Violation {
  readonly ruleName: string;
  readonly description: string;
  readonly violatingConstructs: readonly { readonly constructPath?: string }[];
}

interface Acknowledged extends Violation {
  readonly acknowledgedId: string;
  readonly reason: string;
}

interface Report {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly violations: readonly Violation[];
    readonly suppressedViolations?: readonly Acknowledged[];
  }[];
}

/** A finding that was accepted, and by which family of the table, if by any. */
export interface Acknowledgement {
  readonly rule: string;
  readonly construct: string;
  readonly family?: string;
}

export interface Findings {
  /** What no one accepted, of any severity, a line each. */
  readonly open: readonly string[];
  readonly acknowledged: readonly Acknowledgement[];
}

const CONTROL_TOWER = join(require.resolve('@cdklabs/cdk-validator-cfnguard/package.json'), '../rules/control-tower/cfn-guard');

const controlTowerRules = readControlTowerRules();

/** Shared by all apps whose types of resources it has seen, as making its engine takes seconds. */
let engine: { readonly types: ReadonlySet<string>; readonly plugin: IPolicyValidationPlugin } | undefined;

/** The rules of templates; those of Control Tower that select no type of the app have nothing to say and take most of the time. */
function templateRules(app: App): IPolicyValidationPlugin {
  const types = resourceTypes(app);
  if (engine && types.every((type) => engine?.types.has(type))) return engine.plugin;
  const all = new Set([...(engine?.types ?? []), ...types]);
  const guardRules = controlTowerRules.filter(({ content }) => selects(content, all));
  engine = { types: all, plugin: DeployRules.plugin({ guardRules }) };
  return engine.plugin;
}

function resourceTypes(app: App): string[] {
  const resources = app.node.findAll().filter((construct) => CfnResource.isCfnResource(construct));
  return resources.map(({ cfnResourceType }) => cfnResourceType);
}

function selects(rule: string, types: ReadonlySet<string>): boolean {
  const names = [...rule.matchAll(/\bResources(?:\.\*)?\[\s*Type == %(\w+)/g)].map(([, name]) => name);
  const selected = names.flatMap((name) => new RegExp(`^let ${name}\\s*=.*`, 'm').exec(rule)?.[0].match(/AWS::\w+::\w+/g) ?? []);
  return selected.length === 0 || selected.some((type) => types.has(type));
}

/**
 * Synthesizes an app that registered no validation of its own with every rule there is: five cdk-nag packs, CDK's rules for
 * CloudFormation, the proactive controls of Control Tower, our deploy rules, and CDK's own warnings.
 */
export function findingsOf(app: App): Findings {
  Validations.of(app).addPlugins(
    new AwsSolutionsChecks(app),
    new HIPAASecurityChecks(app),
    new NIST80053R5Checks(app),
    new PCIDSS321Checks(app),
    new ServerlessChecks(app),
    templateRules(app),
  );
  const { pluginReports } = synthesize(app);
  return {
    open: [
      ...pluginReports.flatMap(({ pluginName, violations }) => violations.flatMap((violation) => lines(pluginName, violation))),
      ...warnings(app),
    ],
    acknowledged: pluginReports.flatMap(({ suppressedViolations = [] }) => suppressedViolations.flatMap(acknowledgements)),
  };
}

function readControlTowerRules(): ValidationRuleSource[] {
  const files = readdirSync(CONTROL_TOWER, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.guard'));
  return files.toSorted().map((name) => ({ name, content: readFileSync(join(CONTROL_TOWER, name), 'utf8') }));
}

/** Errors make the synthesis fail, once the report is written. */
function synthesize(app: App): Report {
  const file = join(app.outdir, 'validation-report.json');
  try {
    app.synth();
  } catch (error) {
    if (!existsSync(file)) throw error;
  }
  const report: Report = JSON.parse(readFileSync(file, 'utf8'));
  return report;
}

function lines(plugin: string, { ruleName, description, violatingConstructs }: Violation): string[] {
  return violatingConstructs.map(({ constructPath = 'the template' }) => `${plugin}: ${ruleName} at ${constructPath}: ${description}`);
}

/** CDK's warnings and errors stand in the assembly whatever the feature flags; the report has them with one flag only. */
function warnings(app: App): string[] {
  const { stacksRecursively } = new CloudAssembly(app.outdir);
  const messages = stacksRecursively.flatMap((stack) => stack.messages).filter(({ level }) => level !== SynthesisMessageLevel.INFO);
  return messages.map(({ level, id, entry }) => `CDK ${level} at ${id.slice(1)}: ${JSON.stringify(entry.data)}`);
}

function acknowledgements({ acknowledgedId, reason, violatingConstructs }: Acknowledged): Acknowledgement[] {
  const name = reason.split(':')[0];
  // The table knows no bucket by its name or logical id.
  const rule = acknowledgedId.replace(/(<\w+\.Arn>|arn:aws:s3:::[\w.-]+)(?=\/\*\]$)/, '<bucket.Arn>');
  const family = EXCEPTION_FAMILIES[name]?.rules.includes(rule) ? name : undefined;
  return violatingConstructs.map(({ constructPath = 'the template' }) => ({ rule: acknowledgedId, construct: constructPath, family }));
}
