import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EnvironmentChanges, type EnvironmentSources, resolvedText } from '../process/container';
import type { FunctionModel } from './function-model';

/** Where Lambda lays layers. */
const LAYERS = /^\/opt(?=\/|$)/;

/** Variables of a function as the template has them, references resolved, and its layers where they are here. */
export function functionEnvironment(
  { resource, environment, handler, folder }: FunctionModel,
  name: string,
  layers: string,
  sources: EnvironmentSources,
  { omit, set }: EnvironmentChanges,
): { [name: string]: string } {
  const given = Object.entries(environment).filter(([variable]) => !omit.includes(variable) && !(variable in set));
  const resolved = given.map(([variable, value]) => {
    const text = resolvedText(`${resource.id}: ${variable}`, resource.stack.id, value, sources);
    return [variable, text.replace(LAYERS, layers)] as const;
  });
  const runtime = { AWS_LAMBDA_FUNCTION_NAME: name, AWS_LAMBDA_FUNCTION_VERSION: '$LATEST', LAMBDA_TASK_ROOT: folder, _HANDLER: handler };
  return { ...sources.base, ...runtime, ...Object.fromEntries(resolved), ...set };
}

/** One folder for all layers, later over earlier. */
export function layersOf(folders: readonly string[]): { readonly folder: string; readonly remove: () => void } {
  if (folders.length === 0) return { folder: '/opt', remove: () => {} };
  if (folders.length === 1) return { folder: folders[0], remove: () => {} };
  const merged = mkdtempSync(join(tmpdir(), 'plinth-local-layers-'));
  for (const folder of folders) cpSync(folder, merged, { recursive: true });
  return { folder: merged, remove: () => rmSync(merged, { recursive: true, force: true }) };
}
