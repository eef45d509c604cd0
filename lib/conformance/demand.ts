/**
 * One demand of the checklist that a platform is judged by.
 *
 * @example
 * import { Conformance, type Demand } from 'plinth';
 *
 * const demands: Demand[] = Conformance.demands();
 */
export interface Demand {
  /** Stable: the prefix names the system that asks, the number its section. */
  readonly id: string;

  /** What shows it: `template`, `runtime` (tests that run the code) or `process` (files that exist). */
  readonly kind: string;

  /** What is asked for. */
  readonly ask: string;
}

/**
 * The place in a template that shows whether a demand is met.
 *
 * @example
 * import { Conformance, type Evidence } from 'plinth';
 *
 * const evidence = (assembly: string): Evidence[] =>
 *   Conformance.judge(assembly).flatMap((demand) => demand.stages.production?.evidence ?? []);
 */
export interface Evidence {
  /** The stack's id in the assembly. */
  readonly stack: string;

  /** The resource. */
  readonly logicalId: string;

  /** The property, such as `Properties.Subnets[0]`. */
  readonly path: string;

  /**
   * What stands there, with references as `${stack/resource}`.
   * @default - nothing stands there
   */
  readonly value?: unknown;
}

/**
 * How one stage stands to a demand.
 *
 * @example
 * import { Conformance, type StageFinding } from 'plinth';
 *
 * const findings = (assembly: string): StageFinding[] => Conformance.judge(assembly).map((demand) => demand.stages.production);
 */
export interface StageFinding {
  /** `met`, `unmet`, `relaxed` or `not-applicable`. */
  readonly status: string;

  /** What shows it. */
  readonly evidence: Evidence[];

  /**
   * What is missing, why it may be, or what was judged where a demand is on request and nobody asked.
   * @default - nothing is
   */
  readonly reason?: string;
}

/**
 * How an assembly stands to a demand.
 *
 * @example
 * import { Conformance, type DemandReport } from 'plinth';
 *
 * const unmet = (assembly: string): DemandReport[] => Conformance.judge(assembly).filter(({ status }) => status === 'unmet');
 */
export interface DemandReport extends Demand {
  /** `met`, `unmet`, `planned` (not built yet), `relaxed` or `not-applicable`: the worst of its stages. */
  readonly status: string;

  /** By the name of the stage; empty for what templates do not show. */
  readonly stages: { [stage: string]: StageFinding };

  /** The tests that show it, as `<file>: <title>`. */
  readonly tests: string[];

  /** The files that show it. */
  readonly files: string[];

  /**
   * What is missing outside templates.
   * @default - nothing is
   */
  readonly reason?: string;
}
