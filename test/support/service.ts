import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { ApiService, type ApiServiceProps, Domain, ServiceImage } from 'plinth';

const domain = Domain.inZone('Z0123456789ABCDEFGHIJ', 'api.example.com');

/** An API in a stack of its own, with a network that it does not share with other tests. */
export function apiService(props: Partial<ApiServiceProps> = {}) {
  const stack = new Stack(new App(), 'Api');
  const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
  const api = new ApiService(stack, 'Api', { vpc, image: ServiceImage.fromRegistry('registry.example.com/api:1'), domain, ...props });
  return { stack, api, vpc };
}

export function apiTemplate(props: Partial<ApiServiceProps> = {}): Template {
  return Template.fromStack(apiService(props).stack);
}

/** A resource's properties as they stand in the template. */
export type Properties = { readonly [name: string]: unknown };

/** The properties of the only resource of a type that a template has, or of the one that a test picks. */
export function propertiesOf(template: Template, type: string, pick: (properties: Properties) => boolean = () => true): Properties {
  const found = Object.values(template.findResources(type))
    .map((resource) => resource.Properties as Properties)
    .filter(pick);
  if (found.length !== 1) throw new Error(`expected one ${type}, found ${found.length}`);
  return found[0];
}

/** One metric of an alarm that is made of an expression. */
export interface AlarmMetric {
  readonly Id: string;
  readonly Expression?: string;
  readonly MetricStat?: {
    readonly Stat: string;
    readonly Period: number;
    readonly Metric: { readonly MetricName: string; readonly Dimensions: unknown[] };
  };
}

/** The metrics of an alarm, by the id they have in its expression. */
export function metricsOf(alarm: Properties): { readonly [id: string]: AlarmMetric } {
  return Object.fromEntries((alarm.Metrics as AlarmMetric[]).map((metric) => [metric.Id, metric]));
}
