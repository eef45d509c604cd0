import { isScope, isTier, type NewKey, SCOPES, TIERS } from 'plinth-runtime/access';
import { type Arguments, Misuse } from '../command';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MOST_DAYS = 3650;
const MOST_HOURS = 720;

/** What each action takes beside --stage and --assembly. */
export const ACTIONS: { readonly [action: string]: { readonly takesId: boolean; readonly flags: readonly string[] } } = {
  create: { takesId: false, flags: ['tenant', 'scopes', 'tier', 'expires-days'] },
  rotate: { takesId: true, flags: ['overlap-hours'] },
  revoke: { takesId: true, flags: [] },
  list: { takesId: false, flags: ['tenant'] },
};
const EVERYWHERE = ['stage', 'assembly'];

/** The action and the key it is for; what does not go with the action is misuse. */
export function actionOf({ positionals: [action, keyId], values }: Arguments): { readonly action: string; readonly keyId: string } {
  const known = Object.hasOwn(ACTIONS, action ?? '') ? ACTIONS[action] : undefined;
  if (known === undefined) throw misuse('ACTION', `one of ${Object.keys(ACTIONS).join(', ')}`, action);
  if (known.takesId && keyId === undefined) throw misuse('KEY_ID', `given with ${action}`, keyId);
  if (!known.takesId && keyId !== undefined) throw misuse('KEY_ID', `left out with ${action}`, keyId);
  const stray = [...values.keys()].find((flag) => !EVERYWHERE.includes(flag) && !known.flags.includes(flag));
  if (stray !== undefined) throw misuse(`--${stray}`, `left out with ${action}`, values.get(stray));
  return { action, keyId: keyId ?? '' };
}

export function required({ values }: Arguments, flag: string): string {
  const value = values.get(flag);
  if (value === undefined) throw misuse(`--${flag}`, 'given', undefined);
  return value;
}

export function newKeyOf(args: Arguments, now: number): NewKey {
  const { values } = args;
  const scopes = (values.get('scopes') ?? 'api').split(',').map((scope) => scope.trim());
  const unknown = scopes.find((scope) => !isScope(scope));
  if (unknown !== undefined) throw misuse('--scopes', `of ${SCOPES.join(', ')}, separated by commas`, unknown || 'nothing');
  const tier = values.get('tier') ?? 'free';
  if (!isTier(tier)) throw misuse('--tier', `one of ${TIERS.join(', ')}`, tier);
  const days = wholeOf(values.get('expires-days'), '--expires-days', 1, MOST_DAYS);
  const expiresAt = days === undefined ? undefined : now + days * DAY_MS;
  return { tenantId: required(args, 'tenant'), scopes: scopes.filter(isScope), tier, expiresAt };
}

export function overlapOf({ values }: Arguments): number {
  return (wholeOf(values.get('overlap-hours'), '--overlap-hours', 0, MOST_HOURS) ?? 24) * HOUR_MS;
}

function wholeOf(value: string | undefined, flag: string, least: number, most: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,4}$/.test(value) && Number(value) >= least && Number(value) <= most) return Number(value);
  throw misuse(flag, `a whole number from ${least} to ${most}`, value);
}

const misuse = (what: string, allowed: string, given: string | undefined): Misuse =>
  new Misuse(`plinth keys: ${what} must be ${allowed}, got ${given ?? 'nothing'}`);
