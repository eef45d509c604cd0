import type { Command } from './command';
import { conformance } from './conformance/command';
import { cost } from './cost/command';
import { keys } from './keys';
import { listen } from './listen';
import { local } from './local/command';
import { snapshot } from './snapshot';
import { vectors } from './vectors';

/** Every command there is: a line each. */
export const commands: readonly Command[] = [conformance, cost, keys, listen, local, snapshot, vectors];
