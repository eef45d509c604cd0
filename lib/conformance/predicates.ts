import { Reference, referencesIn, shown } from '../assembly';
import { remembered, type Selector } from './selectors';
import type { StageView } from './stage-view';

/** What a value must be. */
export interface Predicate {
  /** Completes `must `. */
  readonly says: string;
  holds(value: unknown, view: StageView): boolean;
}

export function equals(wanted: string | number | boolean): Predicate {
  return { says: `be ${wanted}`, holds: (value) => literal(value) && String(value) === String(wanted) };
}

export function oneOf(...wanted: readonly (string | number)[]): Predicate {
  return { says: `be ${wanted.join(' or ')}`, holds: (value) => literal(value) && wanted.map(String).includes(String(value)) };
}

export function between(least: number, most: number): Predicate {
  return { says: `be ${least} to ${most}`, holds: (value) => literal(value) && within(Number(value), least, most) };
}

export function atLeast(least: number): Predicate {
  return { says: `be at least ${least}`, holds: (value) => literal(value) && within(Number(value), least, Infinity) };
}

export function atMost(most: number): Predicate {
  return { says: `be at most ${most}`, holds: (value) => literal(value) && within(Number(value), -Infinity, most) };
}

export function matches(pattern: RegExp): Predicate {
  return { says: `match ${pattern}`, holds: (value) => literal(value) && pattern.test(String(value)) };
}

/** The text of a value, references and all, matches. */
export function reads(pattern: RegExp): Predicate {
  return { says: `read ${pattern}`, holds: (value) => pattern.test(String(shown(value))) };
}

/** The value is a list with this among it. */
export function includes(wanted: string): Predicate {
  return { says: `include ${wanted}`, holds: (value) => Array.isArray(value) && value.includes(wanted) };
}

/** Something stands there, whatever it is. */
export const given: Predicate = { says: 'be given', holds: (value) => value !== undefined && value !== null && value !== '' };

/** The value is, or is made from, a reference to one of these resources. */
export function refersTo(name: string, selector: Selector): Predicate {
  const pick = remembered(selector);
  return {
    says: `refer to ${name}`,
    holds: (value, view) => {
      const targets = pick(view).map(({ resource }) => resource);
      return referencesIn(value).some((reference) => targets.some((target) => isSame(reference, target)));
    },
  };
}

/** Met by any of these. */
export function either(...predicates: readonly Predicate[]): Predicate {
  return {
    says: predicates.map(({ says }) => says).join(' or '),
    holds: (value, view) => predicates.some((predicate) => predicate.holds(value, view)),
  };
}

export function not(predicate: Predicate): Predicate {
  return { says: `not ${predicate.says}`, holds: (value, view) => !predicate.holds(value, view) };
}

function isSame({ stack, logicalId }: Reference, target: { readonly stack: string; readonly logicalId: string }): boolean {
  return stack === target.stack && logicalId === target.logicalId;
}

function literal(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value) && value !== '';
}

function within(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}
