import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { addStages } from '../../bin/platform';
import cdkJson from '../../cdk.json';

/** The context of cdk.json, which jest does not read: every recommended flag, and the three stages. */
export const context: { readonly [key: string]: unknown } = cdkJson.context;

/** The stages alone, with no feature flag. */
export const noFlags = { 'plinth:stages': context['plinth:stages'] };

/** The stages of the app in bin/, in one App. */
export function platformApp(flags: { readonly [key: string]: unknown } = context, outdir?: string): App {
  const app = new App({ context: flags, outdir });
  addStages(app);
  return app;
}

/** The assembly of the app in bin/, to be read only: the first test file of a run that asks synthesizes it for all, as it costs seconds. */
export function platformAssembly(): string {
  const directory = join(process.env.PLINTH_TEST_RUN!, 'platform');
  if (existsSync(directory)) return directory;
  const own = `${directory}-${process.pid}`;
  platformApp(context, own).synth();
  try {
    renameSync(own, directory);
  } catch (error) {
    // Another file was first.
    if (!existsSync(directory)) throw error;
    rmSync(own, { recursive: true });
  }
  return directory;
}

/** The templates of every stage of an assembly, by `<stage>/<stack>`. */
export function stageTemplates(assembly = platformAssembly()): { readonly [stack: string]: Template } {
  const stacks = new CloudAssembly(assembly).nestedAssemblies.flatMap(({ nestedAssembly }) => nestedAssembly.stacks);
  return Object.fromEntries(stacks.map(({ hierarchicalId, template }) => [hierarchicalId, Template.fromJSON(template as object)]));
}

/** A template as it would be with any other build of the bundles. */
export function masked(template: Template): { Resources: { [id: string]: { Type: string; Properties?: { [name: string]: unknown } } } } {
  return JSON.parse(JSON.stringify(template.toJSON()).replaceAll(/[a-f0-9]{64}/g, '<HASH>'));
}
