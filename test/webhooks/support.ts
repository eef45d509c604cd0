import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Domain, PlatformStage, type PlatformStageProps, ServiceImage, WebhookDelivery, type WebhookDeliveryProps } from 'plinth';
import { readable } from '../jobs/support';
import { propertiesOf } from '../support/service';

/** A delivery in a stack of its own. */
export function delivery(props: WebhookDeliveryProps = {}, app = new App()) {
  const stack = new Stack(app, 'Stack');
  return { stack, delivery: new WebhookDelivery(stack, 'Webhooks', props) };
}

export function deliveryTemplate(props?: WebhookDeliveryProps): Template {
  return Template.fromStack(delivery(props).stack);
}

export function addPlatformWithWebhooks(app: App, id: string, props: Partial<PlatformStageProps>): PlatformStage {
  return new PlatformStage(app, id, {
    stage: 'production',
    env: { account: '111111111111', region: 'eu-west-1' },
    domain: Domain.inZone('Z0123456789ABCDEFGHIJ', 'api.example.com'),
    image: ServiceImage.fromRegistry('registry.example.com/api:1'),
    access: {},
    webhooks: {},
    costAllocation: { project: 'shop', team: 'platform' },
    ...props,
  });
}

export const platformWithWebhooks = (props: Partial<PlatformStageProps> = {}) => addPlatformWithWebhooks(new App(), 'Stage', props);

/** The function whose description begins so. */
export const functionOf = (template: Template, what: string) =>
  propertiesOf(template, 'AWS::Lambda::Function', ({ Description }) => String(Description).startsWith(what));

/** What a function is told, with what only a deployment knows put in. */
export function environmentOf(template: Template, what: string): NodeJS.ProcessEnv {
  const { Variables } = functionOf(template, what).Environment as { Variables: { [name: string]: unknown } };
  return Object.fromEntries(Object.entries(Variables).map(([name, value]) => [name, readable(value)]));
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: { readonly [test: string]: { readonly [key: string]: unknown } };
}

/** The statements of the policies of one role, by a part of its logical id. */
export function statementsOf(template: Template, role: string): readonly Statement[] {
  return Object.values(template.findResources('AWS::IAM::ManagedPolicy'))
    .filter(({ Properties }) => JSON.stringify(Properties.Roles ?? []).includes(role))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[]);
}

export const actionsOf = (statements: readonly Statement[], service: string): string[] =>
  statements.flatMap(({ Action }) => [Action].flat()).filter((action) => action.startsWith(`${service}:`));
