import type { IPolicyValidationPlugin } from 'aws-cdk-lib';
import { readAssembly } from '../assembly';
import { ConformancePlugin } from './conformance-plugin';
import type { Demand, DemandReport } from './demand';
import { DEMANDS } from './demands';
import { reportOn } from './report';

/**
 * Whether a platform does what the checklist demands, shown by its templates.
 *
 * A demand about something that an app does not have, such as a cache, does not apply to it, unless the app holds a whole
 * platform. A finding is accepted by `Validations.of(construct).acknowledge({ id: 'plinth::REC-4.5', reason })`.
 *
 * @example
 * import { App, Validations } from 'aws-cdk-lib';
 * import { Conformance } from 'plinth';
 *
 * const app = new App();
 * Validations.of(app).addPlugins(Conformance.plugin());
 */
export class Conformance {
  /** A plugin that fails the synthesis of an app whose templates leave a demand unmet. */
  static plugin(): IPolicyValidationPlugin {
    return new ConformancePlugin();
  }

  /** The whole checklist. */
  static demands(): Demand[] {
    return [...DEMANDS];
  }

  /**
   * How a synthesized app stands to every demand.
   *
   * @param assembly the directory that the app was synthesized to
   * @param root the directory of the project whose tests and files show what templates do not; the working directory by default
   */
  static judge(assembly: string, root: string = process.cwd()): DemandReport[] {
    return reportOn(readAssembly(assembly), { root });
  }

  private constructor() {}
}
