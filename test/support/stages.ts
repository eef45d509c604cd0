import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { PlatformStage } from 'plinth';
import { addStages } from '../../bin/platform';
import cdkJson from '../../cdk.json';

/** The context of cdk.json, which jest does not read: every recommended flag, and the three stages. */
export const context: { readonly [key: string]: unknown } = cdkJson.context;

/** The stages alone, with no feature flag. */
export const noFlags = { 'plinth:stages': context['plinth:stages'] };

/** The stages of the app in bin/, in one App. */
export function platformApp(flags: { readonly [key: string]: unknown } = context): App {
  const app = new App({ context: flags });
  addStages(app);
  return app;
}

/** The templates of every stage, by `<stage>/<stack>`. */
export function stageTemplates(app: App = platformApp()): { readonly [stack: string]: Template } {
  const stages = app.node.children.filter((child): child is PlatformStage => child instanceof PlatformStage);
  return Object.fromEntries(
    stages.flatMap((stage) =>
      stage.node.children.map((stack) => [`${stage.node.id}/${stack.node.id}`, Template.fromStack(stack as Stack)] as const),
    ),
  );
}

/** A template as it would be with any other build of the bundles. */
export function masked(template: Template): { Resources: { [id: string]: { Type: string; Properties?: { [name: string]: unknown } } } } {
  return JSON.parse(JSON.stringify(template.toJSON()).replaceAll(/[a-f0-9]{64}/g, '<HASH>'));
}
