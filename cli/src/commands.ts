import type { Command } from './command';
import { conformance } from './conformance/command';
import { cost } from './cost/command';

/** Every command there is: a line each. */
export const commands: readonly Command[] = [conformance, cost];
