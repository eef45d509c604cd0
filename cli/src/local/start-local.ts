import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import { readAssembly } from '../../../lib/assembly';
import { startEngines } from './aws/engines';
import { awsEnvironment, regionOf } from './aws/environment';
import { Balancer } from './balancer/balancer';
import { startCaches } from './cache/caches';
import { DataFolder } from './data-folder';
import { startDatabase } from './database/database';
import type { Tell } from './events';
import { LocalFailure } from './failure';
import { bootstrapDatabase } from './function/bootstrap';
import { Functions } from './function/functions';
import { addressesOf } from './model/addresses';
import { balancerOf } from './model/balancers';
import { DeployedValues } from './model/deployed-values';
import { containersOf, servicesOf } from './model/services';
import { StageModel } from './model/stage-model';
import { baseEnvironment } from './process/environment';
import { Run } from './process/run';
import { AwsEndpoint } from './secrets/endpoint';
import { LocalKms } from './secrets/local-kms';
import { SecretStore } from './secrets/secret-store';
import { startService } from './service';
import { stageOf } from './stage';
import { type LocalClock, systemClock } from './triggers/clock';
import { startTriggers } from './triggers/start';
import { triggersOf } from './triggers/triggers';
import { usedIn } from './triggers/used';

/** What is run, and how. */
export interface LocalOptions {
  /** What `cdk synth` wrote. */
  readonly assembly: string;
  /** The name of the stage; dev, or the only one, by default. */
  readonly stage?: string;
  /** The port of the load balancer; 0, a free one, by default. */
  readonly port?: number;
  /** What the folders of apps are relative to; the working directory by default. */
  readonly directory?: string;
  /** Where PATH, HOME, REDIS_URL and the values of secrets by the names of their variables are looked up; nowhere by default. */
  readonly environment?: { readonly [name: string]: string | undefined };
  /** Variables of the app in place of the template's. */
  readonly overrides?: { readonly [name: string]: string };
  /** Where the data of the database and the values of secrets stay; they go with the run by default. */
  readonly data?: string;
  /**
   * Webhooks go to public addresses alone, as in AWS; to receivers on this machine as well by default.
   */
  readonly strict?: boolean;
  readonly tell?: Tell;
  /** What schedules go by; the machine's clock by default. */
  readonly clock?: LocalClock;
  /** Gives the start up. */
  readonly signal?: AbortSignal;
}

/** A stage that runs on this machine. */
export interface LocalPlatform {
  readonly url: string;
  /** Rejects when a part of it ends by itself. */
  readonly failure: Promise<never>;
  /** Ends all of it in the order of ECS: balancer, gateway, app, then what they use. */
  stop(): Promise<void>;
  /** Ends every process at once. */
  kill(): void;
}

/** Runs a stage of a cloud assembly; resolves when it takes requests. */
export async function startLocal(options: LocalOptions): Promise<LocalPlatform> {
  const { tell = () => {}, signal } = options;
  const run = new Run(tell);
  signal?.addEventListener('abort', () => run.fail(new LocalFailure('the start was given up')), { once: true });
  try {
    const url = await start(options, run, tell);
    return { url, failure: run.failure, stop: () => run.stop(), kill: () => run.kill() };
  } catch (error) {
    await run.stop();
    throw error;
  }
}

async function start(options: LocalOptions, run: Run, tell: Tell): Promise<string> {
  const { directory = process.cwd(), environment: operator = {}, overrides = {}, port = 0, clock = systemClock } = options;
  const startedAt = performance.now();
  const model = new StageModel(stageOf(readAssembly(resolve(directory, options.assembly)), options.stage));
  const services = servicesOf(model);
  const balancerModel = balancerOf(model);
  const balancer = new Balancer(balancerModel);
  await balancer.listen(port);
  run.onStop(async () => balancer.destroy());
  tell({ event: 'stage', stage: model.stage.name });

  const data = options.data === undefined ? undefined : takeData(resolve(directory, options.data), run);
  const secrets = secretsOf(model, data);
  const values = new DeployedValues(model);
  for (const { resource, arn } of secrets.all()) values.set(resource, 'Ref', arn);
  const functions = new Functions();
  const triggers = triggersOf(model);
  const used = usedIn(model, containersOf(services), triggers);
  Functions.name(used.functions, values);
  const aws = new AwsEndpoint(secrets, new LocalKms(data?.masterKey), functions, (call) =>
    tell({ event: 'note', note: `refused: nothing local stands for ${call}` }),
  );
  await aws.start();
  run.onStop(() => aws.stop());
  const region = regionOf(model);
  const own = { ...baseEnvironment(operator), ...awsEnvironment(region, aws.url, used.functions.length > 0) };
  const engines = await startEngines(used.resources, { model, run, values, region, base: own, data: data?.tables, tell });
  const base = { ...own, ...engines.environment };

  const sources = { model, run, values, secrets, base, operator, tell };
  const database = await startDatabase({ ...sources, data: data?.database });
  await bootstrapDatabase(sources);
  const caches = await startCaches(containersOf(services), sources);
  const changes = [...database, ...caches];
  const addresses = addressesOf(model, balancerModel, balancer.url, values);
  const loopback: { readonly [name: string]: string } = options.strict ? {} : { WEBHOOK_ALLOW_LOOPBACK: 'true' };
  for (const called of used.functions) functions.add(called, { ...sources, base: { ...base, ...loopback }, changes, addresses });
  run.onStop(() => functions.stop());
  for (const service of services)
    await startService(service, { ...sources, loopback, balancer, balancerModel, directory, changes, overrides });
  startTriggers(triggers, { model, run, functions, engines, region, clock, tell });
  run.onStop(async () => balancer.letGo());

  tell({ event: 'absent', absences: model.absences() });
  const ask = [...new Set(services.flatMap((service) => service.run.paths))];
  tell({ event: 'ready', url: balancer.url, ask, key: engines.key, startedInMs: Math.round(performance.now() - startedAt) });
  return balancer.url;
}

function takeData(path: string, run: Run): DataFolder {
  const data = new DataFolder(path);
  data.take();
  run.onStop(async () => data.release());
  return data;
}

function secretsOf(model: StageModel, data: DataFolder | undefined): SecretStore {
  const secrets = new SecretStore(model, (limit) => randomInt(limit));
  if (data) secrets.keepIn(data.secrets);
  return secrets;
}
