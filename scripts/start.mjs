// npm start: builds, then `plinth local --example recommendation-api`. Arguments go to `plinth local`; another --example takes its place.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const at = (...parts) => join(root, ...parts);

/** Runs a step; what it says is told only when it fails. */
function step(name, script, ...words) {
  const startedAt = performance.now();
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [script, ...words], { cwd: root, encoding: 'utf8' });
  if (status === 0) {
    console.log(`${name}: ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
    return;
  }
  process.stderr.write(
    `${stdout}${stderr}npm start: ${name} must succeed, got ${signal ?? `exit code ${status}`}; mend what it says above\n`,
  );
  process.exit(1);
}

/** Tells what to ask for beside paths, after what `plinth local` says when it is ready: it knows no input of a job. */
function tellOfJobs() {
  const { stdout } = process;
  const write = stdout.write.bind(stdout);
  stdout.write = (text, ...rest) => {
    const url = /^ready: (http:\S+)$/m.exec(String(text))?.[1];
    if (url) {
      stdout.write = write;
      setImmediate(() => console.log(linesOfJobs(`${url}/v1/jobs`)));
    }
    return write(text, ...rest);
  };
}

function linesOfJobs(jobs) {
  const job = JSON.stringify({ kind: 'recommend', input: { text: 'kind support for hotel guests', limit: 3 } });
  const submit = `curl -s ${jobs} -H 'x-api-key: local' -H 'content-type: application/json' -d '${job}'`;
  const listen = `npx plinth listen --api ${new URL(jobs).origin}`;
  return `  ${submit}\n  curl -s '${jobs}/JOB_ID?wait_ms=20000' -H 'x-api-key: local'\nin another terminal, to see the end of each job arrive as a signed webhook:\n  ${listen}`;
}

step('build', at('scripts', 'build.mjs'));
const example = process.argv.some((word) => /^--example(?:=|$)/.test(word)) ? [] : ['--example', 'recommendation-api'];
// Another example has other jobs.
if (example.length > 0) tellOfJobs();
process.argv.splice(1, 1, at('cli', 'bin', 'plinth.js'), 'local', ...example);
createRequire(import.meta.url)('../cli/dist/plinth.js');
