import type { Assertion, Judgement } from './assertions';
import type { StageFinding } from './demand';
import type { Selector } from './selectors';
import type { StageView } from './stage-view';

/** How a demand shows in the templates of a stage. */
export interface Requirement {
  readonly demand: string;
  /** What the demand is about; without any, a stage that is no platform has nothing to meet. */
  readonly about: Selector;
  /** All of them must hold. */
  readonly all: readonly Assertion[];
}

/** One line of a capability's list. */
export function requirement(demand: string, about: Selector, ...all: readonly Assertion[]): Requirement {
  return { demand, about, all };
}

/** How a stage stands to a demand. */
export function judge({ about, all }: Requirement, view: StageView): StageFinding {
  if (about(view).length === 0 && !view.isPlatform()) return { status: 'not-applicable', evidence: [] };
  const judgements = all.map((assertion) => assertion(view));
  const status = (['unmet', 'relaxed'] as const).find((one) => judgements.some((judgement) => judgement.status === one)) ?? 'met';
  const shown = judgements.filter((judgement) => judgement.status === status);
  const reason = reasons(shown);
  return { status, evidence: evidenceOf(shown), ...(reason !== '' && { reason }) };
}

function evidenceOf(judgements: readonly Judgement[]): StageFinding['evidence'] {
  const all = judgements.flatMap(({ evidence }) => evidence);
  return [...new Map(all.map((one) => [`${one.stack} ${one.logicalId} ${one.path} ${JSON.stringify(one.value)}`, one])).values()];
}

function reasons(judgements: readonly Judgement[]): string {
  return [...new Set(judgements.flatMap(({ reason }) => reason ?? []))].join('; ');
}
