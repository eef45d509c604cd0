import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type AssemblyStage,
  type CloudFormationTemplate,
  isObject,
  resourcesOf,
  type StackTemplate,
  type TemplateResource,
} from './template';

/** The name of an assembly that has no stages, and whose resources have no `environment` tag. */
const FLAT = 'app';

interface Artifact {
  readonly type?: string;
  readonly environment?: string;
  readonly properties?: { readonly [name: string]: unknown };
  readonly displayName?: string;
}

/**
 * Reads a cloud assembly: nested assemblies are stages, and the stacks of a flat one are grouped by their `environment` tag.
 *
 * @param directory what `cdk synth` wrote, `cdk.out` as a rule
 */
export function readAssembly(directory: string): AssemblyStage[] {
  const groups = group(directory, FLAT);
  const taken = new Set<string>();
  return groups.map(({ fallback, environment, stacks }) => {
    const name = [environment, fallback, `${fallback} ${environment}`].find((one) => one !== undefined && !taken.has(one)) ?? fallback;
    taken.add(name);
    return { name, environment, stacks };
  });
}

/** Where the files and folders of assets are, by their hash. */
type Assets = ReadonlyMap<string, string>;

interface Group {
  readonly fallback: string;
  readonly environment?: string;
  readonly stacks: readonly StackTemplate[];
}

function group(directory: string, name: string): Group[] {
  const artifacts = Object.entries(manifest(directory));
  const assets = assetsIn(
    directory,
    artifacts.map(([, artifact]) => artifact),
  );
  const stacks = artifacts
    .filter(([, { type }]) => type === 'aws:cloudformation:stack')
    .flatMap(([id, artifact]) => stackAndNested(directory, id, artifact, assets));
  const nested = artifacts
    .filter(([, { type }]) => type === 'cdk:cloud-assembly')
    .flatMap(([id, { properties = {}, displayName }]) =>
      group(join(directory, textOf(properties.directoryName) ?? id), displayNameOf(displayName, properties, id)),
    );
  return [...byEnvironment(stacks, name), ...nested];
}

function displayNameOf(displayName: string | undefined, properties: { readonly [name: string]: unknown }, id: string): string {
  return displayName ?? textOf(properties.displayName) ?? id.replace(/^assembly-/, '');
}

function manifest(directory: string): { readonly [id: string]: Artifact } {
  const file = join(directory, 'manifest.json');
  if (!existsSync(file)) {
    throw new Error(`${directory}: the assembly must hold a manifest.json, found none; run \`cdk synth\` and name its output directory`);
  }
  const content = parse(file);
  const artifacts = isObject(content) ? content.artifacts : undefined;
  return isObject(artifacts) ? (artifacts as { readonly [id: string]: Artifact }) : {};
}

function stackAndNested(directory: string, id: string, { environment, properties = {} }: Artifact, assets: Assets): StackTemplate[] {
  const [account, region] = (environment ?? '').replace(/^aws:\/\//, '').split('/');
  const file = join(directory, String(properties.templateFile));
  const stack = {
    id,
    stackName: textOf(properties.stackName) ?? id,
    account: known(account),
    region: known(region),
    file,
    template: parse(file) as CloudFormationTemplate,
    assets,
  };
  return withNested(directory, stack, assets);
}

function withNested(directory: string, stack: StackTemplate, assets: Assets): StackTemplate[] {
  const nested = resourcesOf(stack.template).flatMap(([logicalId, resource]) => {
    const file = resource.Type === 'AWS::CloudFormation::Stack' ? assetOf(directory, resource, assets) : undefined;
    if (file === undefined || !existsSync(file)) return [];
    const id = `${stack.id}/${logicalId}`;
    const template = parse(file) as CloudFormationTemplate;
    return withNested(directory, { ...stack, id, stackName: id, file, template, parent: { stack: stack.id, logicalId } }, assets);
  });
  return [stack, ...nested];
}

/** Where the asset of a resource is: its metadata says so, unless asset metadata is off; then the hash in its properties does. */
export function assetOf(directory: string, { Properties, Metadata }: TemplateResource, assets: Assets): string | undefined {
  const path = Metadata?.['aws:asset:path'];
  if (typeof path === 'string') return resolve(directory, path);
  const [hash] = /[0-9a-f]{64}/.exec(JSON.stringify(Properties ?? '')) ?? [];
  return hash === undefined ? undefined : assets.get(hash);
}

function assetsIn(directory: string, artifacts: readonly Artifact[]): Assets {
  const manifests = artifacts
    .filter(({ type }) => type === 'cdk:asset-manifest')
    .map(({ properties = {} }) => parse(join(directory, String(properties.file))));
  const assets = manifests.flatMap((content) =>
    isObject(content) ? [content.files, content.dockerImages].filter(isObject).flatMap((all) => Object.entries(all)) : [],
  );
  return new Map(
    assets.flatMap(([hash, asset]) => {
      const source = isObject(asset) && isObject(asset.source) ? asset.source : {};
      const path = textOf(source.path) ?? textOf(source.directory);
      return path === undefined ? [] : [[hash, join(directory, path)] as const];
    }),
  );
}

function known(part: string | undefined): string | undefined {
  return !part || part.startsWith('unknown-') ? undefined : part;
}

/** Stacks without a tag go with the only tag there is, else they are a stage of their own. */
function byEnvironment(stacks: readonly StackTemplate[], fallback: string): Group[] {
  const tagged = new Map<string | undefined, StackTemplate[]>();
  for (const stack of stacks) {
    const environment = environmentOf(stacks.find(({ id }) => id === stack.id.split('/')[0]) ?? stack);
    tagged.set(environment, [...(tagged.get(environment) ?? []), stack]);
  }
  const environments = [...tagged.keys()].filter((environment) => environment !== undefined);
  if (environments.length === 1) return [{ fallback, environment: environments[0], stacks }];
  return [...tagged].map(([environment, members]) => ({ fallback, environment, stacks: members }));
}

/** The `environment` tag that most resources of a stack have. */
function environmentOf({ template }: StackTemplate): string | undefined {
  const counts = new Map<string, number>();
  for (const [, { Properties }] of resourcesOf(template)) {
    const value = tagOf(Properties?.Tags, 'environment');
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0];
}

/** The value of a tag, in either of the two shapes that CloudFormation has for tags. */
export function tagOf(tags: unknown, key: string): string | undefined {
  const entries: readonly (readonly [unknown, unknown])[] = Array.isArray(tags)
    ? tags.filter(isObject).map(({ Key, Value }) => [Key, Value] as const)
    : Object.entries(isObject(tags) ? tags : {});
  const found = entries.find(([name]) => name === key)?.[1];
  return textOf(found);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function parse(file: string): unknown {
  const text = readFileSync(file, 'utf8');
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${file}: the file must be JSON, found something else; synthesize the app again`);
  }
}
