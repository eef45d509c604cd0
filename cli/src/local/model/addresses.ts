import type { BalancerModel } from './balancers';
import type { DeployedValues } from './deployed-values';
import { fieldsOf, type StageModel, textOf } from './stage-model';

/** The origins by which a template reaches its load balancer, its own and those of its records, and where that is here. */
export function addressesOf(
  model: StageModel,
  { resource }: BalancerModel,
  url: string,
  values: DeployedValues,
): ReadonlyMap<string, string> {
  const { host } = new URL(url);
  values.set(resource, 'DNSName', host);
  const names = model
    .ofType('AWS::Route53::RecordSet')
    .filter(({ stack, template }) => model.namedIn(stack.id, fieldsOf(template.Properties?.AliasTarget).DNSName).includes(resource))
    .flatMap(({ properties }) => textOf(properties.Name)?.replace(/\.$/, '') ?? []);
  return new Map([host, ...names].map((name) => [`https://${name}`, url]));
}
