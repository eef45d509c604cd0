import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import { readAssembly } from '../../../lib/assembly';
import { Balancer } from './balancer/balancer';
import { startCaches } from './cache/caches';
import { DataFolder } from './data-folder';
import { startDatabase } from './database/database';
import type { Tell } from './events';
import { LocalFailure } from './failure';
import { bootstrapDatabase } from './function/bootstrap';
import { balancerOf } from './model/balancers';
import { DeployedValues } from './model/deployed-values';
import { containersOf, servicesOf } from './model/services';
import { StageModel } from './model/stage-model';
import { baseEnvironment } from './process/environment';
import { Run } from './process/run';
import { AwsEndpoint } from './secrets/endpoint';
import { DEFAULT_REGION, SecretStore } from './secrets/secret-store';
import { startService } from './service';
import { stageOf } from './stage';
import { startTables } from './tables/tables';

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
  readonly tell?: Tell;
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
  const { directory = process.cwd(), environment: operator = {}, overrides = {}, port = 0 } = options;
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
  const aws = new AwsEndpoint(secrets, (call) => tell({ event: 'note', note: `refused: nothing local stands for ${call}` }));
  await aws.start();
  run.onStop(() => aws.stop());
  const tables = await startTables({ model, run, values, tell });
  const base = { ...baseEnvironment(operator), ...awsEnvironment(model, aws.url), ...tables.environment };

  const sources = { model, run, values, secrets, base, operator, tell };
  const database = await startDatabase({ ...sources, data: data?.database });
  await bootstrapDatabase(sources);
  const caches = await startCaches(containersOf(services), sources);
  const changes = [...database, ...caches];
  for (const service of services) await startService(service, { ...sources, balancer, balancerModel, directory, changes, overrides });
  run.onStop(async () => balancer.letGo());

  tell({ event: 'absent', absences: model.absences() });
  const ask = [...new Set(services.flatMap((service) => service.run.paths))];
  tell({ event: 'ready', url: balancer.url, ask, key: tables.key, startedInMs: Math.round(performance.now() - startedAt) });
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

/** What the SDK finds in a task: a region, credentials that are good for nothing, and one endpoint for every service. */
function awsEnvironment(model: StageModel, endpoint: string): { readonly [name: string]: string } {
  const region = model.stage.stacks.find((stack) => stack.region !== undefined)?.region ?? DEFAULT_REGION;
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}
