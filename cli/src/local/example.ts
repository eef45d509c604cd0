import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Misuse } from '../command';
import { LocalFailure } from './failure';
import { fieldsOf } from './model/stage-model';

/** The examples that run here, by name: the source of each app, and the app as it is built. */
const EXAMPLES: { readonly [name: string]: { readonly source: string; readonly app: string } } = {
  'recommendation-api': { source: 'bin/platform.ts', app: 'dist/bin/platform.js' },
  'contextual-platform': { source: 'examples/contextual-platform/app.ts', app: 'dist/bin/contextual-platform.js' },
};

/** The last of what an app says when it fails. */
const LAST_CHARACTERS = 2_000;
/** What the CDK's own command adds to the context: other commands name resources by it. */
const METADATA = { 'aws:cdk:enable-path-metadata': true, 'aws:cdk:enable-asset-metadata': true };

const execute = promisify(execFile);

/** An example of the repository that this program stands in. */
export interface Example {
  readonly name: string;
  /** What the folders of its app are relative to. */
  readonly root: string;
  readonly app: string;
}

/** The repository that the program was built in: two folders above the bundle, three above the sources. */
function repositoryOf(program: string): string | undefined {
  return [join(program, '..', '..'), join(program, '..', '..', '..')].find((root) =>
    Object.values(EXAMPLES).every(({ source }) => existsSync(join(root, source))),
  );
}

/**
 * Looks an example up by its name.
 *
 * @param program the folder of the program
 */
export function exampleNamed(name: string, program = __dirname): Example {
  if (!Object.hasOwn(EXAMPLES, name)) {
    const names = Object.keys(EXAMPLES).join(', ');
    throw new Misuse(`plinth local: --example must be one of ${names}, got ${name}; name one of them`);
  }
  const root = repositoryOf(program);
  if (root === undefined) {
    throw new Misuse(
      `plinth local: --example must be run by the plinth of the repository, got a packed one, which has no examples; clone and build the repository, or give the ASSEMBLY of an app of your own`,
    );
  }
  const app = join(root, EXAMPLES[name].app);
  if (!existsSync(app)) {
    throw new Misuse(
      `plinth local: --example ${name} must be built before it runs, found no ${app}; run \`npm run build\` in the repository`,
    );
  }
  return { name, root, app };
}

/** Synthesizes every stage of an example, without the validation rules, which `npm run synth` applies. */
export async function synthesize({ name, root, app }: Example, outdir: string, signal: AbortSignal): Promise<void> {
  const { context } = fieldsOf(JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')));
  const env = {
    ...process.env,
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify({ ...METADATA, ...fieldsOf(context) }),
    CDK_VALIDATION: 'false',
  };
  try {
    await execute(process.execPath, [app], { cwd: root, env, signal });
  } catch (error) {
    if (signal.aborted) throw new LocalFailure('the start was given up');
    const { code, stderr = '' } = error as { readonly code?: unknown; readonly stderr?: string };
    throw new LocalFailure(
      `example ${name} must synthesize, got exit code ${String(code)}; mend what it says:\n${stderr.slice(-LAST_CHARACTERS)}`,
    );
  }
}
