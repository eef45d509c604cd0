import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const cdkJson: { readonly context: { readonly [name: string]: unknown } } = JSON.parse(
  readFileSync(join(__dirname, '../../cdk.json'), 'utf8'),
);

/** The context of an app: what a constructor of App takes. */
export type Flags = { [flag: string]: unknown };

/** Every feature flag as a new project has them; the app's own context is left out. */
export const ALL_FLAGS: Flags = Object.fromEntries(Object.entries(cdkJson.context).filter(([name]) => name.startsWith('@aws-cdk')));

/** An app that was made before any of them. */
export const NO_FLAGS: Flags = {};
