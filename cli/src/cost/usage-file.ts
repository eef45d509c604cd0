import { type AssemblyStage, isObject } from '../../../lib/assembly';
import { type Band, BANDS } from './budget';
import { type Profile, type Usage, USAGE } from './usage';

/** What a stage is assumed to be: how it is used, and what it may cost. */
export interface StageAssumptions {
  readonly profile: Profile;
  readonly band?: Band;
  readonly usage: Usage;
}

const PROFILES = Object.keys(USAGE) as Profile[];

/** Stages that are called otherwise are used like production and have no budget. */
const NAMES: { readonly [name: string]: Profile } = {
  dev: 'dev',
  development: 'dev',
  staging: 'staging',
  production: 'production',
  prod: 'production',
  hightraffic: 'highTraffic',
  'high-traffic': 'highTraffic',
};

/** What is assumed of each stage: its profile's defaults, and over them what the usage file says. Throws an Error with every fault. */
export function assumptionsOf(stages: readonly AssemblyStage[], given: unknown = {}): StageAssumptions[] {
  const faults = faultsIn(stages, given);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  const settings = given as { readonly [stage: string]: { readonly profile?: Profile; readonly band?: Band } & Partial<Usage> };
  return stages.map((stage) => {
    const { profile: chosen, band, ...usage } = Object.hasOwn(settings, stage.name) ? settings[stage.name] : {};
    const known = chosen ?? NAMES[(stage.environment ?? stage.name).toLowerCase()];
    const profile = known ?? 'production';
    return { profile, band: band ?? (known && BANDS[known]), usage: { ...USAGE[profile], ...usage } };
  });
}

function faultsIn(stages: readonly AssemblyStage[], given: unknown): string[] {
  if (!isObject(given)) return [fault('usage', 'an object of stages', given, 'write { "<stage>": { ... } }')];
  const names = stages.map(({ name }) => name);
  return Object.entries(given).flatMap(([stage, settings]) => {
    if (!names.includes(stage)) return [fault('usage', `of the stages ${names.join(', ')}`, stage, 'rename or remove it')];
    if (!isObject(settings)) return [fault(stage, 'an object of assumptions', settings, 'write { "requestsPerDay": 20000 } or the like')];
    return Object.entries(settings).flatMap(([name, value]) => faultOf(`${stage}.${name}`, name, value));
  });
}

function faultOf(path: string, name: string, value: unknown): string[] {
  if (name === 'profile') {
    const right = PROFILES.some((profile) => profile === value);
    return right ? [] : [fault(path, `one of ${PROFILES.join(', ')}`, value, 'correct it')];
  }
  if (name === 'band') return isBand(value) ? [] : [fault(path, 'two rising amounts, such as [400, 800]', value, 'correct it')];
  if (!Object.hasOwn(USAGE.production, name)) {
    return [fault(path, `profile, band or one of ${Object.keys(USAGE.production).join(', ')}`, name, 'rename or remove it')];
  }
  return isAmount(value) ? [] : [fault(path, 'a number of at least 0', value, 'correct it')];
}

function isBand(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every(isAmount) && Number(value[0]) <= Number(value[1]);
}

function isAmount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function fault(path: string, allowed: string, given: unknown, change: string): string {
  return `${path} must be ${allowed}, got ${JSON.stringify(given)}; ${change}`;
}
