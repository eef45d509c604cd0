import { Reference } from '../../../../lib/assembly';
import type { Rule } from '../balancer/rules';
import { LocalFailure } from '../failure';
import { fieldsOf, listOf, numberOf, type StageModel, type StageResource, textOf } from './stage-model';

/** What the balancer asks of a target to know that it is healthy. */
export interface HealthCheck {
  readonly path: string;
  readonly tls: boolean;
  readonly codes: string;
  readonly timeoutMs: number;
  readonly intervalMs: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
}

export interface TargetGroupModel {
  readonly resource: StageResource;
  readonly tls: boolean;
  readonly health: HealthCheck;
}

/** One listener of a load balancer, with what its rules say. */
export interface BalancerModel {
  readonly resource: StageResource;
  readonly listener: StageResource;
  readonly rules: readonly Rule[];
  readonly targetGroups: readonly TargetGroupModel[];
  readonly idleTimeoutMs: number;
  readonly dropsInvalidHeaders: boolean;
  /** Headers that the listener adds to every answer. */
  readonly responseHeaders: readonly (readonly [string, string])[];
}

const HTTPS_PORT = 443;
const HTTP_PORT = 80;
const ADDED_HEADER = /^routing\.http\.response\.(\w+)\.header_value$/;

/** The listener that clients reach: that of port 443, else of port 80, else the first. */
export function balancerOf(model: StageModel): BalancerModel {
  const listeners = model.ofType('AWS::ElasticLoadBalancingV2::Listener');
  const at = (port: number) => listeners.find(({ properties }) => numberOf(properties.Port, 0) === port);
  const listener = at(HTTPS_PORT) ?? at(HTTP_PORT) ?? listeners[0];
  const resource = model.named(listener?.properties.LoadBalancerArn);
  if (!listener || !resource) {
    throw new LocalFailure(
      `stage ${model.stage.name}: the assembly must hold a load balancer with a listener, found none; add an ApiService`,
    );
  }
  const rules = model
    .ofType('AWS::ElasticLoadBalancingV2::ListenerRule')
    .filter(({ properties }) => properties.ListenerArn instanceof Reference && listener.reference.sameResource(properties.ListenerArn));
  const targetGroups = model.ofType('AWS::ElasticLoadBalancingV2::TargetGroup');
  model.standFor(resource, listener, ...rules, ...targetGroups);
  const attributes = attributesOf(resource.properties.LoadBalancerAttributes);
  return {
    resource,
    listener,
    rules: [
      ...rules.map(ruleOf).toSorted((a, b) => a.priority - b.priority),
      { priority: Number.POSITIVE_INFINITY, conditions: [], actions: listOf(listener.properties.DefaultActions) },
    ],
    targetGroups: targetGroups.map(targetGroupOf),
    idleTimeoutMs: numberOf(attributes.get('idle_timeout.timeout_seconds'), 60) * 1_000,
    dropsInvalidHeaders: attributes.get('routing.http.drop_invalid_header_fields.enabled') === 'true',
    responseHeaders: [...attributesOf(listener.properties.ListenerAttributes)].flatMap(([key, value]) => {
      const name = ADDED_HEADER.exec(key)?.[1];
      return name === undefined ? [] : [[name.replaceAll('_', '-'), value] as const];
    }),
  };
}

function ruleOf({ properties }: StageResource): Rule {
  return { priority: numberOf(properties.Priority, 0), conditions: listOf(properties.Conditions), actions: listOf(properties.Actions) };
}

function targetGroupOf(resource: StageResource): TargetGroupModel {
  const { properties } = resource;
  const tls = properties.Protocol === 'HTTPS';
  const protocol = textOf(properties.HealthCheckProtocol) ?? properties.Protocol;
  return {
    resource,
    tls,
    health: {
      path: textOf(properties.HealthCheckPath) ?? '/',
      tls: protocol === 'HTTPS',
      codes: textOf(fieldsOf(properties.Matcher).HttpCode) ?? '200',
      timeoutMs: numberOf(properties.HealthCheckTimeoutSeconds, 5) * 1_000,
      intervalMs: numberOf(properties.HealthCheckIntervalSeconds, 30) * 1_000,
      healthyThreshold: numberOf(properties.HealthyThresholdCount, 5),
      unhealthyThreshold: numberOf(properties.UnhealthyThresholdCount, 2),
    },
  };
}

function attributesOf(list: unknown): ReadonlyMap<string, string> {
  return new Map(listOf(list).map(({ Key, Value }) => [String(Key), textOf(Value) ?? '']));
}
