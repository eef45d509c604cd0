import { charges, type Charge, counted, type Factor, type Gap } from '../charge';
import { HOURS, type Price } from '../price';
import { PRICES } from '../prices';
import type { Pricer, Surroundings } from '../pricer';
import type { StageResource } from '../stage-resources';
import type { Usage } from '../usage';
import { at, listIn, numberIn, objectsIn, textIn } from '../values';
import { capacityOf } from './fargate-capacity';

const charge = charges('Fargate', 'containers');
const metricCharge = charges('CloudWatch', 'logs and metrics');
const FREE_STORAGE_GB = 20;

interface Rates {
  readonly kind: string;
  readonly vcpu: Price;
  readonly gb: Price;
}

const RATES: { readonly [architecture: string]: Rates } = {
  ARM64: { kind: 'ARM', vcpu: PRICES.fargateArmVcpu, gb: PRICES.fargateArmGb },
  X86_64: { kind: 'x86', vcpu: PRICES.fargateX86Vcpu, gb: PRICES.fargateX86Gb },
};

interface TaskShape {
  readonly vcpu: number;
  readonly gb: number;
  /** Disk over what is free. */
  readonly diskGb: number;
  readonly architecture: string;
}

/** A service on Fargate at its fewest tasks, with some hours of more where it scales, and the metrics that it emits. */
export const ecsService: Pricer = (service, surroundings) => {
  const { tasks, scales, shares } = capacityOf(service, surroundings.stage);
  const task = surroundings.stage.named(service.properties.TaskDefinition);
  const shape = task ? shapeOf(task) : { reason: 'its task definition is not in the templates' };
  if ('reason' in shape) return [shape];
  const added = scales && tasks > 0 ? surroundings.usage.addedTaskHours / tasks : 0;
  return [
    ...[...shares].flatMap(([provider, share]) => tasksOn(provider, share, added, shape, surroundings.usage)),
    ...addresses(service, tasks),
    ...ownMetrics(surroundings),
  ];
};

function tasksOn(
  provider: string,
  tasks: number,
  hoursOfMore: number,
  { vcpu, gb, diskGb, architecture }: TaskShape,
  usage: Usage,
): (Charge | Gap)[] {
  const rates = RATES[architecture];
  const spot = provider === 'FARGATE_SPOT';
  if (!rates || !(spot || provider === 'FARGATE'))
    return [{ reason: `tasks on ${provider} with ${architecture} are paid by what runs them` }];
  const kind = `${rates.kind} ${spot ? 'Spot task' : 'task'}`;
  const discount: Factor[] = spot ? [[usage.spotShareOfPrice, 'of the price']] : [];
  const always: Factor[] = [counted(tasks, kind), [HOURS, 'h']];
  const more: Factor[] = [[hoursOfMore * tasks, `added hours of an ${kind}`]];
  return [always, ...(hoursOfMore > 0 ? [more] : [])].flatMap((hours) => [
    charge(rates.vcpu, ...hours, [vcpu, 'vCPU'], ...discount),
    charge(rates.gb, ...hours, [gb, 'GB'], ...discount),
    ...(diskGb > 0 ? [charge(PRICES.fargateStorage, ...hours, [diskGb, 'GB of disk'], ...discount)] : []),
  ]);
}

function shapeOf({ properties }: StageResource): TaskShape | Gap {
  const vcpu = amountIn(properties.Cpu, 'vcpu');
  const gb = amountIn(properties.Memory, 'gb');
  const family = textIn(at(properties.RuntimePlatform, 'OperatingSystemFamily'), 'LINUX');
  if (vcpu === undefined || gb === undefined) return { reason: 'the size of its tasks is not in the templates' };
  if (family !== 'LINUX') return { reason: `the price of ${family} tasks is not in the table` };
  const diskGb = Math.max(0, (numberIn(at(properties.EphemeralStorage, 'SizeInGiB')) ?? 0) - FREE_STORAGE_GB);
  return { vcpu, gb, diskGb, architecture: textIn(at(properties.RuntimePlatform, 'CpuArchitecture'), 'X86_64') };
}

/** `1024` and `1 vCPU`, `2048` and `2 GB` are the same. */
function amountIn(value: unknown, unit: string): number | undefined {
  const named = typeof value === 'string' ? new RegExp(`^([\\d.]+)\\s*${unit}$`, 'i').exec(value) : null;
  const plain = numberIn(value);
  return named ? Number(named[1]) : plain === undefined ? undefined : plain / 1024;
}

function addresses({ properties }: StageResource, tasks: number): Charge[] {
  if (at(properties.NetworkConfiguration, 'AwsvpcConfiguration', 'AssignPublicIp') !== 'ENABLED' || tasks === 0) return [];
  return [charge(PRICES.publicAddress, counted(tasks, 'public IPv4 address', 'public IPv4 addresses'), [HOURS, 'h'])];
}

function ownMetrics({ usage }: Surroundings): Charge[] {
  return usage.metricsPerService === 0
    ? []
    : [metricCharge(PRICES.metric, counted(usage.metricsPerService, 'metric of its own', 'metrics of its own'))];
}

const CLUSTER_METRICS = 8;
const SERVICE_METRICS = 11;
const FAMILY_METRICS = 6;

/** Container Insights, which is paid by the metric. */
export const ecsCluster: Pricer = (cluster, { stage }) => {
  const setting = objectsIn(cluster.properties.ClusterSettings).find(({ Name }) => Name === 'containerInsights')?.Value;
  if (setting === undefined || setting === 'disabled') return [];
  if (setting !== 'enabled')
    return [{ reason: `Container Insights "${textIn(setting, '')}" is paid by tasks and containers as they come and go` }];
  const services = stage.ofType('AWS::ECS::Service').filter(({ properties }) => stage.mentions(properties.Cluster, cluster));
  const metrics = CLUSTER_METRICS + services.length * (SERVICE_METRICS + FAMILY_METRICS);
  return [metricCharge(PRICES.metric, [metrics, 'metrics of Container Insights'])];
};

export const imageRepository: Pricer = (_, { usage }) => [
  charges('ECR', 'containers')(PRICES.imageStorage, [usage.imageGb, 'GB of images']),
];

/** The log groups that the containers of a task definition write to. */
export function logGroupsOf(task: StageResource): readonly unknown[] {
  return listIn(task.properties.ContainerDefinitions).map((container) => at(container, 'LogConfiguration', 'Options', 'awslogs-group'));
}
