// Builds dist/: bundles (lambda/<fn>, gateway), and the constructs with their types. Synthesis only ever reads what stands here.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { leanSdk } from './lean-sdk.mjs';
import { leanUndici } from './lean-undici.mjs';

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const at = (...parts) => join(root, ...parts);

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  // main first would pull the SDK's unshaken CommonJS: a third larger, twice as slow to load.
  mainFields: ['module', 'main'],
  minify: true,
  keepNames: true,
  legalComments: 'none',
  absWorkingDir: root,
  tsconfig: at('tsconfig.json'),
  logLevel: 'warning',
  plugins: [leanUndici],
};

const functions = readdirSync(at('lambda'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(at('lambda', entry.name, 'handler.ts')))
  .map((entry) => entry.name);

function tsc(project) {
  const run = spawnSync(process.execPath, [at('node_modules', '@typescript', 'native', 'bin', 'tsc'), '-p', project], {
    cwd: root,
    stdio: 'inherit',
  });
  if (run.status !== 0) process.exit(run.status ?? 1);
}

/** The examples that are deployed, and what their images hold beside the server. */
const examples = { 'recommendation-api': ['categories.json'], 'contextual-platform': [] };

/** An example's server, and what its image holds beside it; the document is what the server itself says. */
async function buildExample([name, files]) {
  const service = at('examples', name, 'service');
  const outfile = at('dist', 'examples', name, 'server.js');
  await build({ ...shared, entryPoints: [join(service, 'main.ts')], outfile, external: ['pg-native'] });
  for (const file of ['Dockerfile', ...files]) cpSync(join(service, file), join(outfile, '..', file));
  const openapi = spawnSync(process.execPath, [outfile, 'openapi'], { encoding: 'utf8' });
  if (openapi.status !== 0)
    throw new Error(`${outfile} openapi must print the document, got exit ${openapi.status}: ${openapi.stdout}${openapi.stderr}`);
  writeFileSync(join(outfile, '..', 'openapi.json'), openapi.stdout);
}

await Promise.all([
  ...functions.map((name) =>
    build({
      ...shared,
      plugins: [...shared.plugins, leanSdk],
      entryPoints: [at('lambda', name, 'handler.ts')],
      outfile: at('dist', 'lambda', name, 'index.js'),
    }),
  ),
  // The same code with another entry, for the task that may take longer than a function.
  build({
    ...shared,
    entryPoints: [at('lambda', 'database-bootstrap', 'task.ts')],
    outfile: at('dist', 'lambda', 'database-bootstrap-task', 'task.js'),
  }),
  build({
    ...shared,
    target: 'node20',
    // What the local run starts beside itself; the engines are packages of their own, found when they are needed.
    entryPoints: {
      plinth: at('cli', 'src', 'main.ts'),
      'local-aws': at('cli', 'src', 'local', 'aws', 'main.ts'),
      'local-database': at('cli', 'src', 'local', 'database', 'main.ts'),
      'local-function': at('cli', 'src', 'local', 'function', 'main.ts'),
    },
    external: ['@electric-sql/*', 'dynalite', 'fauxqs'],
    outdir: at('cli', 'dist'),
  }),
  // The second file holds the AWS SDK; the first loads it when its configuration needs it.
  build({
    ...shared,
    keepNames: false,
    entryPoints: { gateway: at('gateway', 'main.ts') },
    external: ['./backends.js'],
    outdir: at('dist', 'gateway'),
  }),
  build({ ...shared, keepNames: false, entryPoints: { backends: at('gateway', 'backends.ts') }, outdir: at('dist', 'gateway') }),
  ...Object.entries(examples).map((example) => buildExample(example)),
]);
cpSync(at('gateway', 'Dockerfile'), at('dist', 'gateway', 'Dockerfile'));
cpSync(at('lambda', 'database-bootstrap', 'Dockerfile'), at('dist', 'lambda', 'database-bootstrap-task', 'Dockerfile'));
cpSync(at('lib', 'conformance', 'deploy-rules'), at('dist', 'lib', 'conformance', 'deploy-rules'), { recursive: true });
tsc('tsconfig.build.json');
// One file in the place of a hundred and fifty: an app starts sooner by what it took to find them.
await build({
  ...shared,
  minify: false,
  target: 'node20',
  external: ['aws-cdk-lib', 'constructs'],
  entryPoints: { platform: at('bin', 'platform.ts'), 'contextual-platform': at('examples', 'contextual-platform', 'app.ts') },
  outdir: at('dist', 'bin'),
  allowOverwrite: true,
});
tsc('runtime/tsconfig.json');
