import { shown } from '../assembly';
import type { Evidence } from './demand';
import type { Place } from './place';
import type { Predicate } from './predicates';
import type { Selector } from './selectors';
import type { StageView } from './stage-view';

/** How a stage stands to one part of a demand. */
export interface Judgement {
  readonly status: 'met' | 'unmet' | 'relaxed';
  readonly evidence: readonly Evidence[];
  readonly reason?: string;
}

/** One part of a demand. */
export type Assertion = (view: StageView) => Judgement;

/** There is something to judge, and every value at a path of each is so; an absent one is not, in no element of a list. */
export function every(what: string, selector: Selector, path: string, predicate: Predicate): Assertion {
  return (view) => {
    const subjects = selector(view);
    if (subjects.length === 0) return unmet(`there must be ${what}, found none`);
    const reached = subjects.flatMap((subject) => reach(subject, path));
    const absent = reached.filter((one): one is Evidence => !('evidence' in one));
    if (absent.length > 0) return unmet(`${what}: ${path} must ${predicate.says}, got nothing`, absent);
    const values = reached.filter((one): one is Place => 'evidence' in one);
    const wrong = values.filter(({ value }) => !predicate.holds(value, view));
    return wrong.length > 0 ? unmet(`${what}: ${path} must ${predicate.says}, got ${texts(wrong)}`, wrong) : met(values);
  };
}

/** There is one at least of which a value at a path is so; the first such is the evidence. */
export function some(what: string, selector: Selector, path: string, predicate: Predicate): Assertion {
  return (view) => {
    const values = selector(view).flatMap((subject) => subject.at(path));
    const right = values.find(({ value }) => predicate.holds(value, view));
    if (right) return met([right]);
    return unmet(
      `there must be ${what} whose ${path} must ${predicate.says}, ${values.length ? `got ${texts(values)}` : 'found none'}`,
      values,
    );
  };
}

/** Whatever stands at a path of each, if anything does, is so; that nothing is wrong needs no evidence. */
export function onlyIfGiven(what: string, selector: Selector, path: string, predicate: Predicate): Assertion {
  return (view) => {
    const values = selector(view).flatMap((subject) => subject.at(path));
    const wrong = values.filter(({ value }) => !predicate.holds(value, view));
    return wrong.length > 0 ? unmet(`${what}: ${path} must ${predicate.says}, got ${texts(wrong)}`, wrong) : met([]);
  };
}

/** Nothing stands at a path of any, which the evidence says of each, or what does is so. */
export function absentOr(what: string, selector: Selector, path: string, predicate: Predicate): Assertion {
  return (view) => {
    const subjects = selector(view);
    const values = subjects.flatMap((subject) => subject.at(path));
    const wrong = values.filter(({ value }) => !predicate.holds(value, view));
    if (wrong.length > 0) return unmet(`${what}: ${path} must ${predicate.says}, got ${texts(wrong)}`, wrong);
    const absent = subjects.filter((subject) => subject.at(path).length === 0).map((subject) => subject.missing(path));
    return { status: 'met', evidence: [...absent, ...values.map(({ evidence }) => evidence)] };
  };
}

/** The values at a path are so many different ones; as few as that are the evidence. */
export function distinct(what: string, selector: Selector, path: string, least: number | ((view: StageView) => number)): Assertion {
  return (view) => {
    const wanted = typeof least === 'number' ? least : least(view);
    const values = selector(view).flatMap((subject) => subject.at(path));
    const different = [...new Map(values.map((place) => [JSON.stringify(shown(place.value)), place])).values()];
    if (different.length >= wanted) return met(different);
    return unmet(`there must be ${wanted} different ${what} at least, found ${different.length}`, values);
  };
}

/** What these measure together lies between the two. */
export function sum(
  what: string,
  selector: Selector,
  path: string,
  measure: (subject: Place) => number,
  least: number,
  most: number,
): Assertion {
  return (view) => {
    const subjects = selector(view);
    const shows = subjects.flatMap((subject) => subject.at(path));
    const total = subjects.reduce((rest, subject) => rest + measure(subject), 0);
    if (total >= least && total <= most) return met(shows);
    return unmet(`there must be ${least} to ${most} ${what}, found ${Number.isNaN(total) ? 'an unknown size' : total}`, shows);
  };
}

/** There is no such place. */
export function none(what: string, selector: Selector): Assertion {
  return (view) => {
    const found = selector(view);
    return found.length > 0 ? unmet(`there must be no ${what}, found ${found.length}`, found) : met([]);
  };
}

/** There is one at least, of which other parts of the demand give the evidence. */
export function exists(what: string, selector: Selector): Assertion {
  return (view) => (selector(view).length > 0 ? met([]) : unmet(`there must be ${what}, found none`));
}

/** Met when all of these are. */
export function allOf(...assertions: readonly Assertion[]): Assertion {
  return (view) => {
    const judgements = assertions.map((assertion) => assertion(view));
    return judgements.find(({ status }) => status !== 'met') ?? { status: 'met', evidence: judgements.flatMap(({ evidence }) => evidence) };
  };
}

/** Met when one of these is. */
export function anyOf(...assertions: readonly Assertion[]): Assertion {
  return (view) => {
    const judgements = assertions.map((assertion) => assertion(view));
    return (
      judgements.find(({ status }) => status === 'met') ?? {
        status: 'unmet',
        evidence: judgements.flatMap(({ evidence }) => evidence),
        reason: judgements.map(({ reason }) => reason).join(', or '),
      }
    );
  };
}

/** Asked for only where something makes it necessary. */
export function whenever(condition: (view: StageView) => boolean, assertion: Assertion): Assertion {
  return (view) => (condition(view) ? assertion(view) : { status: 'met', evidence: [] });
}

/** Says what is judged where nothing of the kind was asked for; it holds in any case. */
export function onRequest(asked: Selector, notice: string): Assertion {
  return (view) => ({ status: 'met', evidence: [], ...(asked(view).length === 0 && { reason: notice }) });
}

/** May be unmet where the condition holds, and is then reported as such. */
export function relaxed(reason: string, condition: (view: StageView) => boolean, assertion: Assertion): Assertion {
  return (view) => {
    const judgement = assertion(view);
    return judgement.status === 'unmet' && condition(view) ? { ...judgement, status: 'relaxed', reason } : judgement;
  };
}

/** Every condition of dev's relaxations. */
export function isDev({ environment }: StageView): boolean {
  return environment === 'dev';
}

/** Where a path leads, and where it breaks off. */
function reach(place: Place, path: string): (Place | Evidence)[] {
  const [, list, rest] = /^(.*?\[\*\])\.?(.*)$/.exec(path) ?? [undefined, path, ''];
  const found = place.at(list);
  if (found.length === 0) return [place.missing(list)];
  return rest === '' ? found : found.flatMap((element) => reach(element, rest));
}

function met(shows: readonly Place[]): Judgement {
  return { status: 'met', evidence: shows.map(({ evidence }) => evidence) };
}

function unmet(reason: string, shows: readonly (Place | Evidence)[] = []): Judgement {
  return { status: 'unmet', reason, evidence: shows.map((one) => ('evidence' in one ? one.evidence : one)) };
}

function texts(found: readonly Place[]): string {
  const all = found.map(({ value }) => (typeof value === 'string' ? value : JSON.stringify(shown(value))));
  const text = [...new Set(all)].join(', ');
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
