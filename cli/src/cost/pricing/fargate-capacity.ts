import type { StageResource, StageResources } from '../stage-resources';
import { numberIn, objectsIn, textIn } from '../values';

/** How many tasks a service runs, and on what. */
export interface Capacity {
  /** The fewest that its scaling allows, else as many as it asks for. */
  readonly tasks: number;
  readonly scales: boolean;
  /** Tasks by capacity provider or launch type. */
  readonly shares: ReadonlyMap<string, number>;
}

export function capacityOf(service: StageResource, stage: StageResources): Capacity {
  const target = stage
    .ofType('AWS::ApplicationAutoScaling::ScalableTarget')
    .filter(({ properties }) => properties.ScalableDimension === 'ecs:service:DesiredCount')
    .find(({ properties }) => stage.mentions(properties.ResourceId, service));
  const tasks = numberIn(target?.properties.MinCapacity) ?? numberIn(service.properties.DesiredCount) ?? 1;
  return { tasks, scales: target !== undefined, shares: sharesOf(service, stage, tasks) };
}

/** The base first, the rest by weight. */
function sharesOf(service: StageResource, stage: StageResources, tasks: number): Map<string, number> {
  const strategy = strategyOf(service, stage).map(({ CapacityProvider, Base, Weight }) => ({
    provider: textIn(CapacityProvider, ''),
    base: Math.min(tasks, numberIn(Base) ?? 0),
    weight: numberIn(Weight) ?? 0,
  }));
  if (strategy.length === 0) return new Map([[textIn(service.properties.LaunchType, 'EC2'), tasks]]);
  const spread = tasks - strategy.reduce((sum, { base }) => sum + base, 0);
  const weights = strategy.reduce((sum, { weight }) => sum + weight, 0);
  const shares = strategy.map(({ provider, base, weight }): [string, number] => [
    provider,
    base + (weights > 0 ? (spread * weight) / weights : 0),
  ]);
  return new Map(shares.filter(([, share]) => share > 0));
}

/** Its own, else its cluster's unless it has a launch type. */
function strategyOf({ properties }: StageResource, stage: StageResources) {
  const own = objectsIn(properties.CapacityProviderStrategy);
  if (own.length > 0 || properties.LaunchType !== undefined) return own;
  const cluster = stage.named(properties.Cluster);
  if (!cluster) return [];
  const association = stage
    .ofType('AWS::ECS::ClusterCapacityProviderAssociations')
    .find((one) => stage.mentions(one.properties.Cluster, cluster));
  return (
    [association, cluster].map((one) => objectsIn(one?.properties.DefaultCapacityProviderStrategy)).find((items) => items.length > 0) ?? []
  );
}
