import { referencesIn } from '../assembly';
import type { Place } from './place';
import type { Predicate } from './predicates';
import type { StageView } from './stage-view';

/** Picks places of a stage. */
export type Selector = (view: StageView) => readonly Place[];

/** The same, picked once a stage: predicates ask for every value. */
export function remembered(selector: Selector): Selector {
  const picked = new WeakMap<StageView, readonly Place[]>();
  return (view) => {
    const known = picked.get(view) ?? selector(view);
    picked.set(view, known);
    return known;
  };
}

/** The resources of these types. */
export function resources(...types: readonly string[]): Selector {
  return (view) => types.flatMap((type) => view.resources(type));
}

/** Those of which some value at a path is so. */
export function where(selector: Selector, path: string, predicate: Predicate): Selector {
  return (view) => selector(view).filter((place) => place.at(path).some(({ value }) => predicate.holds(value, view)));
}

/** Those of which no value at a path is so. */
export function except(selector: Selector, path: string, predicate: Predicate): Selector {
  return (view) => selector(view).filter((place) => !place.at(path).some(({ value }) => predicate.holds(value, view)));
}

/** The places that a path leads to. */
export function places(selector: Selector, path: string): Selector {
  return (view) => selector(view).flatMap((place) => place.at(path));
}

/** The resources that the values at a path refer to. */
export function referredBy(selector: Selector, path: string): Selector {
  return (view) => {
    const found = selector(view)
      .flatMap((place) => place.at(path))
      .flatMap(({ value }) => referencesIn(value))
      .map((reference) => view.referred(reference))
      .filter((place) => place !== undefined);
    return [...new Set(found)];
  };
}

/** All that these pick, each once. */
export function union(...selectors: readonly Selector[]): Selector {
  return (view) => [...new Set(selectors.flatMap((selector) => selector(view)))];
}
