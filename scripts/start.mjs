// npm start: builds, synthesizes into cdk.out, and runs the dev stage on this machine. Arguments go to `plinth local`.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const at = (...parts) => join(root, ...parts);

/** Runs a step; what it says is told only when it fails. */
function step(name, script, ...words) {
  // The rules have their say in `npm run synth`; here they would cost more than the rest.
  const env = { ...process.env, CDK_VALIDATION: 'false' };
  const startedAt = performance.now();
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [script, ...words], { cwd: root, env, encoding: 'utf8' });
  if (status === 0) {
    console.log(`${name}: ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
    return;
  }
  process.stderr.write(
    `${stdout}${stderr}npm start: ${name} must succeed, got ${signal ?? `exit code ${status}`}; mend what it says above\n`,
  );
  process.exit(1);
}

step('build', at('scripts', 'build.mjs'));
// Every stage is written, as the other commands read them all; the build has been.
step('synth', at('node_modules', 'aws-cdk', 'bin', 'cdk'), 'synth', '--quiet', '--no-notices', '--build', 'true', 'dev/*');
process.argv.splice(1, 1, at('cli', 'bin', 'plinth.js'), 'local');
createRequire(import.meta.url)('../cli/dist/plinth.js');
