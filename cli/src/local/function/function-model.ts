import { dirname } from 'node:path';
import { assetOf } from '../../../../lib/assembly';
import { LocalFailure } from '../failure';
import { fieldsOf, numberOf, type StageModel, type StageResource, textOf } from '../model/stage-model';

/** A function of the template, and where its code is. */
export interface FunctionModel {
  readonly resource: StageResource;
  readonly folder: string;
  readonly handler: string;
  readonly timeoutMs: number;
  /** As it stands in the template. */
  readonly environment: { readonly [name: string]: unknown };
  /** What Lambda lays under /opt, first first. */
  readonly layers: readonly string[];
}

const DEFAULT_TIMEOUT_SECONDS = 3;

/** The function that a value names, such as the service token of a custom resource. */
export function functionOf(model: StageModel, where: string, named: unknown): FunctionModel {
  const resource = model.named(named);
  if (resource?.type !== 'AWS::Lambda::Function') {
    throw new LocalFailure(`${where}: the function must be in the assembly, got ${resource?.type ?? 'none'}; synthesize the app again`);
  }
  const layers = Array.isArray(resource.properties.Layers) ? resource.properties.Layers.map((layer) => model.named(layer)) : [];
  model.standFor(resource, ...layers);
  return {
    resource,
    folder: folderOf(where, resource),
    handler: textOf(resource.properties.Handler) ?? 'index.handler',
    timeoutMs: numberOf(resource.properties.Timeout, DEFAULT_TIMEOUT_SECONDS) * 1_000,
    environment: fieldsOf(fieldsOf(resource.template.Properties?.Environment).Variables),
    layers: layers.flatMap((layer) => (layer ? [folderOf(where, layer)] : [])),
  };
}

function folderOf(where: string, { id, stack, template }: StageResource): string {
  const folder = assetOf(dirname(stack.file), template, stack.assets ?? new Map());
  if (folder === undefined) throw new LocalFailure(`${where}: the code of ${id} must be an asset of the assembly, found none; make it one`);
  return folder;
}
