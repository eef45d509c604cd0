import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Balancer } from './balancer/balancer';
import { checkHealth, HEALTH_AGENT, HealthRecord } from './balancer/health';
import type { Tell } from './events';
import { LocalFailure } from './failure';
import type { BalancerModel, TargetGroupModel } from './model/balancers';
import { type ContainerModel, type ServiceModel } from './model/services';
import { fieldsOf, type StageModel } from './model/stage-model';
import { changesFor, containerEnvironment, type EnvironmentSources, type ScopedChanges } from './process/container';
import { freePorts } from './process/free-port';
import { listeningTold, type Run } from './process/run';

/** What a service is started with. */
export interface ServiceSources extends EnvironmentSources {
  readonly model: StageModel;
  readonly run: Run;
  readonly balancer: Balancer;
  readonly balancerModel: BalancerModel;
  /** What commands' folders are relative to. */
  readonly directory: string;
  /** What is otherwise here. */
  readonly changes: readonly ScopedChanges[];
  /** What is otherwise for the app by the wish of whoever runs it. */
  readonly overrides: { readonly [name: string]: string };
  /** What lets the gateway take receivers of webhooks on this machine. */
  readonly loopback: { readonly [name: string]: string };
  readonly tell: Tell;
}

/** Between two questions while a task starts: half as long again each time. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 500;

/** Starts the one task of a service, waits until its target group calls it healthy, and registers it. */
export async function startService(service: ServiceModel, sources: ServiceSources): Promise<void> {
  const { run, balancer, balancerModel, model } = sources;
  const [appPort] = await freePorts(1);
  startApp(service, appPort, sources);
  const port = service.gateway ? await run.within(startGateway(service.gateway, appPort, sources)) : appPort;
  const groups = balancerModel.targetGroups.filter(({ resource }) => service.targetGroups.some((group) => model.named(group) === resource));
  if (groups.length === 0) return;
  await run.within(untilHealthy(service, groups[0], port));
  for (const { resource, tls } of groups) balancer.register(resource, { port, tls });
  watchHealth(service, groups[0], port, sources);
}

function startApp({ app, run: { command, cwd } }: ServiceModel, port: number, sources: ServiceSources): void {
  const source = resolve(sources.directory, cwd);
  const folder = existsSync(source) ? source : app.imageFolder;
  if (folder === undefined) {
    throw new LocalFailure(
      `${app.name}: the folder of the app must be there, got ${source}; start from the folder that was synthesized in`,
    );
  }
  const [program, ...words] = command;
  const { omit, set } = changesFor(variablesOf(app), sources.changes);
  const environment = containerEnvironment(app, sources, { omit, set: { ...set, ...sources.overrides, PORT: String(port) } });
  sources.run.start({ name: app.name, command: [programOf(program), ...words], cwd: folder, environment }, app.stopTimeoutMs);
  sources.tell({ event: 'runs', name: app.name, what: `${command.join(' ')} in ${existsSync(source) ? cwd : 'the assembly'}` });
}

/** The gateway tells its port in its first line. */
async function startGateway(gateway: ContainerModel, appPort: number, sources: ServiceSources): Promise<number> {
  const environment = containerEnvironment(gateway, sources, changesFor(variablesOf(gateway), sources.changes));
  const config = fieldsOf(JSON.parse(environment.PLINTH_GATEWAY));
  Object.assign(environment, sources.loopback);
  environment.PLINTH_GATEWAY = JSON.stringify({
    ...config,
    listen: { ...fieldsOf(config.listen), port: 0, host: '127.0.0.1' },
    app: { ...fieldsOf(config.app), port: appPort },
    // Nothing is on its way any more once this balancer has let go of a task.
    drain: { ...fieldsOf(config.drain), graceMs: 0 },
  });
  const folder = gateway.imageFolder ?? sources.directory;
  sources.tell({ event: 'runs', name: gateway.name, what: 'gateway.js of the assembly, TLS' });
  const command = [process.execPath, join(folder, 'gateway.js')];
  const { port } = await sources.run.startServer({ name: gateway.name, command, cwd: folder, environment }, gateway.stopTimeoutMs, (line) =>
    // What the balancer asks of itself is nobody's news.
    line.includes(HEALTH_AGENT) ? 'quiet' : listeningTold(line),
  );
  return port;
}

/** The health check of the group, asked more often than in the cloud while a task starts. */
async function untilHealthy({ app, healthGraceMs }: ServiceModel, { health }: TargetGroupModel, port: number): Promise<void> {
  const until = performance.now() + healthGraceMs;
  let inRow = 0;
  let reason = '';
  let pause = FIRST_PAUSE_MS;
  while (inRow < health.healthyThreshold) {
    const answer = await checkHealth(health, port);
    inRow = answer.healthy ? inRow + 1 : 0;
    reason = answer.reason;
    if (inRow === 0 && performance.now() > until) {
      throw new LocalFailure(
        `${app.name}: ${health.path} must be healthy within ${healthGraceMs / 1_000} s, got ${reason}; see its log above`,
      );
    }
    await sleep(answer.healthy ? FIRST_PAUSE_MS : pause);
    pause = Math.min(LONGEST_PAUSE_MS, pause * 1.5);
  }
}

/** With one target the load balancer would go on sending to it, healthy or not: a change is told. */
function watchHealth({ app }: ServiceModel, { health }: TargetGroupModel, port: number, { run, tell }: ServiceSources): void {
  const record = new HealthRecord(health);
  const ask = async () => {
    const answer = await checkHealth(health, port);
    const change = record.add(answer);
    if (change) tell({ event: 'note', note: `${app.name} is ${change}${answer.reason && `: ${answer.reason}`}` });
  };
  const timer = setInterval(() => void ask(), health.intervalMs);
  run.onStop(async () => clearInterval(timer));
}

function variablesOf({ environment }: ContainerModel): string[] {
  return environment.map(({ Name }) => Name);
}

/** A bare `node` is the one that runs this. */
function programOf(program: string): string {
  return program === 'node' ? process.execPath : program;
}
