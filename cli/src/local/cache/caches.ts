import type { Tell } from '../events';
import type { DeployedValues } from '../model/deployed-values';
import type { ContainerModel } from '../model/services';
import { fieldsOf, keyOf, type StageModel, type StageResource, textOf } from '../model/stage-model';
import type { EnvironmentChanges, ScopedChanges } from '../process/container';
import { freePorts } from '../process/free-port';
import type { Run } from '../process/run';
import type { SecretStore } from '../secrets/secret-store';
import { findProgram } from './find-program';
import { type RedisAddress, redisAddress } from './redis-url';
import { redisConfig } from './redis-config';

export interface CacheSources {
  readonly model: StageModel;
  readonly values: DeployedValues;
  readonly secrets: SecretStore;
  readonly run: Run;
  readonly base: { readonly [name: string]: string };
  /** Where PATH and REDIS_URL are looked up. */
  readonly operator: { readonly [name: string]: string | undefined };
  readonly tell: Tell;
}

/** A cache that a container is told of: `RESULT_CACHE` where its RESULT_CACHE_HOST names the group. */
interface UsedCache {
  readonly group: StageResource;
  readonly prefix: string;
  readonly container: ContainerModel;
}

const HOST = '127.0.0.1';
const PROGRAMS = ['valkey-server', 'redis-server'];
const STOP_WITHIN_MS = 5_000;
const ADDRESSES = ['PrimaryEndPoint', 'ConfigurationEndPoint', 'ReaderEndPoint'];

/**
 * Has something stand for every cache that a container is told of: the Redis at REDIS_URL, else one of the machine's, else what the app
 * has in its own process when it is told of none.
 */
export async function startCaches(containers: readonly ContainerModel[], sources: CacheSources): Promise<ScopedChanges[]> {
  const used = containers.flatMap((container) => usedBy(container, sources.model));
  const program = findProgram(sources.operator.PATH, PROGRAMS);
  const url = sources.operator.REDIS_URL;
  const changes: ScopedChanges[] = [];
  const started = new Map<string, RedisAddress>();
  for (const { group, prefix, container } of used) {
    const key = keyOf(group.reference);
    if (url !== undefined) {
      if (!started.has(key)) tellOf(sources, prefix, 'the Redis at REDIS_URL');
      started.set(key, redisAddress(url));
      sources.model.standFor(group);
    } else if (program !== undefined && !started.has(key)) {
      started.set(key, await startRedis(program, group, prefix, sources));
    }
    const address = started.get(key);
    if (!address) tellOf(sources, prefix, 'the store in the process of the app, as no valkey-server or redis-server is on the PATH');
    const otherwise = address ? changesTo(prefix, address, url === undefined) : withoutCache(prefix, container);
    changes.push({ ...otherwise, where: `${prefix}_HOST` });
  }
  return changes;
}

function usedBy(container: ContainerModel, model: StageModel): UsedCache[] {
  return container.environment.flatMap(({ Name, Value }) => {
    const prefix = /^(\w+)_HOST$/.exec(Name)?.[1];
    const group = model.namedIn(container.task.stack.id, Value).find(({ type }) => type === 'AWS::ElastiCache::ReplicationGroup');
    return prefix !== undefined && group ? [{ group, prefix, container }] : [];
  });
}

async function startRedis(program: string, group: StageResource, prefix: string, sources: CacheSources): Promise<RedisAddress> {
  const { model, values, secrets, run, base } = sources;
  const [port] = await freePorts(1);
  const groups = Array.isArray(group.properties.UserGroupIds) ? group.properties.UserGroupIds.map((id) => model.named(id)) : [];
  const users = groups.flatMap((one) =>
    Array.isArray(one?.properties.UserIds) ? one.properties.UserIds.map((id) => model.named(id)) : [],
  );
  const logins = users.flatMap((user) => (user ? [loginOf(user, values, secrets)] : []));
  await run.startServer(
    { name: 'cache', command: [program, '-'], cwd: '/', environment: { ...base }, input: redisConfig(port, logins) },
    STOP_WITHIN_MS,
    // Its own log is for whoever runs it in earnest; its last lines are told if it ends by itself.
    (line) => (line.includes('Ready to accept connections') ? { port } : 'quiet'),
  );
  for (const endpoint of ADDRESSES) {
    values.set(group, `${endpoint}.Address`, HOST);
    values.set(group, `${endpoint}.Port`, String(port));
  }
  model.standFor(group, ...groups, ...users);
  tellOf(sources, prefix, `${program}, one node, keeps nothing, ${HOST}:${port}`);
  return { host: HOST, port, tls: false };
}

function loginOf(user: StageResource, values: DeployedValues, secrets: SecretStore) {
  const { UserName, AccessString, Passwords } = fieldsOf(values.resolve(user.stack.id, user.template.Properties).value);
  const passwords = Array.isArray(Passwords) ? Passwords.map((password) => secrets.resolved(String(password))) : [];
  return { name: textOf(UserName) ?? 'default', access: textOf(AccessString) ?? 'off', passwords };
}

/** One node without TLS in the place of a cluster; who logs in stands in the template, but for a Redis of somebody else's. */
function changesTo(prefix: string, { host, port, user, password, tls }: RedisAddress, ours: boolean): EnvironmentChanges {
  const login = { [`${prefix}_USER`]: user, [`${prefix}_PASSWORD`]: password };
  const given = Object.entries(login).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    omit: ours ? [] : Object.keys(login).filter((name) => login[name] === undefined),
    set: {
      [`${prefix}_HOST`]: host,
      [`${prefix}_PORT`]: String(port),
      [`${prefix}_CLUSTER`]: 'false',
      [`${prefix}_TLS`]: tls ? 'verify-full' : 'disable',
      ...Object.fromEntries(given),
    },
  };
}

function withoutCache(prefix: string, { environment, secrets }: ContainerModel): EnvironmentChanges {
  return { omit: [...environment, ...secrets].map(({ Name }) => Name).filter((name) => name.startsWith(`${prefix}_`)), set: {} };
}

function tellOf({ tell }: CacheSources, prefix: string, what: string): void {
  tell({ event: 'runs', name: 'cache', what: `${prefix}: ${what}` });
}
