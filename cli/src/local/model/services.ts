import { shown } from '../../../../lib/assembly';
import { LocalFailure } from '../failure';
import { fieldsOf, listOf, numberOf, type StageModel, type StageResource, textOf } from './stage-model';

/** What ApiService writes of an app that is built from a folder. */
export interface LocalRun {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly port: number;
  /** What a reader may ask for. */
  readonly paths: readonly string[];
}

/** One container of a task. */
export interface ContainerModel {
  readonly name: string;
  readonly task: StageResource;
  /** As it stands in the template, unresolved: values are known only once the engines run. */
  readonly environment: readonly { readonly Name: string; readonly Value: unknown }[];
  readonly secrets: readonly { readonly Name: string; readonly ValueFrom: unknown }[];
  /** Where the image's folder is, when the assembly holds it. */
  readonly imageFolder?: string;
  readonly image: string;
  readonly stopTimeoutMs: number;
}

/** One service and the two containers of its task. */
export interface ServiceModel {
  readonly resource: StageResource;
  readonly task: StageResource;
  readonly app: ContainerModel;
  readonly run: LocalRun;
  readonly gateway?: ContainerModel;
  readonly targetGroups: readonly unknown[];
  readonly healthGraceMs: number;
}

const DEFAULT_STOP_SECONDS = 30;
/** ECS waits for nothing unless it is told to; an app may take a minute here. */
const DEFAULT_GRACE_SECONDS = 60;

/** The services of a stage. One whose app the assembly cannot start is an error that says why. */
export function servicesOf(model: StageModel): ServiceModel[] {
  const services = model.ofType('AWS::ECS::Service').map((resource) => serviceOf(model, resource));
  if (services.length === 0) {
    throw new LocalFailure(`stage ${model.stage.name}: the assembly must hold an ECS service to run, found none; add an ApiService`);
  }
  return services;
}

/** The containers of every task. */
export function containersOf(services: readonly ServiceModel[]): ContainerModel[] {
  return services.flatMap(({ app, gateway }) => (gateway ? [app, gateway] : [app]));
}

function serviceOf(model: StageModel, resource: StageResource): ServiceModel {
  const path = textOf(resource.template.Metadata?.['aws:cdk:path']) ?? resource.id;
  const task = model.named(resource.properties.TaskDefinition);
  if (!task)
    throw new LocalFailure(`${path}: TaskDefinition must be one of the assembly, got ${String(shown(resource.properties.TaskDefinition))}`);
  const containers = containersIn(task);
  const gateway = containers.find(({ environment }) => environment.some(({ Name }) => Name === 'PLINTH_GATEWAY'));
  const app = containers.find((container) => container !== gateway);
  if (!app) throw new LocalFailure(`${path}: the task must hold an app container, found ${containers.map(({ name }) => name).join(', ')}`);
  if (gateway && !gateway.imageFolder) {
    throw new LocalFailure(
      `${path}: the gateway's image must be in the assembly, got ${gateway.image}; synthesize with GatewayImage.fromAsset() to run it here`,
    );
  }
  model.standFor(resource, task, model.named(resource.properties.Cluster));
  const balancers = listOf(resource.properties.LoadBalancers);
  return {
    resource,
    task,
    app,
    run: localRunOf(path, task, app),
    gateway,
    targetGroups: balancers.flatMap(({ TargetGroupArn, AdvancedConfiguration }) => [
      TargetGroupArn,
      fieldsOf(AdvancedConfiguration).AlternateTargetGroupArn,
    ]),
    healthGraceMs: numberOf(resource.properties.HealthCheckGracePeriodSeconds, DEFAULT_GRACE_SECONDS) * 1_000,
  };
}

function localRunOf(path: string, task: StageResource, app: ContainerModel): LocalRun {
  const { command, cwd, port, paths } = fieldsOf(task.template.Metadata?.['plinth:local']);
  const words = Array.isArray(command) ? command.map(String) : [];
  if (typeof cwd !== 'string') {
    throw new LocalFailure(
      `${path}: the app's image must be made from a folder to run here, got ${app.image}; use ServiceImage.fromFolder() with a command`,
    );
  }
  if (words.length === 0) {
    throw new LocalFailure(`${path}: the command that starts the app must be known, got none; give ServiceImage.fromFolder() its command`);
  }
  return { command: words, cwd, port: numberOf(port, 8080), paths: Array.isArray(paths) ? paths.map(String) : [] };
}

function containersIn(task: StageResource): ContainerModel[] {
  const resolved = listOf(task.properties.ContainerDefinitions);
  return listOf(task.template.Properties?.ContainerDefinitions).map((container, index) => {
    const image = String(shown(resolved[index].Image));
    const hash = /:([0-9a-f]{64})$/.exec(image)?.[1];
    return {
      name: String(container.Name),
      task,
      environment: listOf(container.Environment).map(({ Name, Value }) => ({ Name: String(Name), Value })),
      secrets: listOf(container.Secrets).map(({ Name, ValueFrom }) => ({ Name: String(Name), ValueFrom })),
      image,
      imageFolder: hash === undefined ? undefined : task.stack.assets?.get(hash),
      stopTimeoutMs: numberOf(container.StopTimeout, DEFAULT_STOP_SECONDS) * 1_000,
    };
  });
}
