import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { OK, receiver, closeAll } from './support';

afterEach(closeAll);

const root = join(__dirname, '..', '..', '..');

/** A bundle as functions are built. */
async function bundled(contents: string): Promise<string> {
  const script = `import('${join(root, 'scripts', 'lean-undici.mjs')}').then(async ({ leanUndici }) => {
    const { build } = await import('esbuild');
    const options = ${JSON.stringify({
      stdin: { contents, resolveDir: root, loader: 'ts' },
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      mainFields: ['module', 'main'],
      minify: true,
      keepNames: true,
      write: false,
      tsconfig: join(root, 'tsconfig.json'),
      absWorkingDir: root,
    })};
    const { outputFiles } = await build({ ...options, plugins: [leanUndici] });
    process.stdout.write(outputFiles[0].text);
  })`;
  const run = spawnSync(process.execPath, ['-e', script], { cwd: root, encoding: 'utf8', maxBuffer: 8 * 1024 * 1024 });
  if (run.status !== 0) throw new Error(`the bundle must build, got ${run.stderr}`);
  return run.stdout;
}

test('a bundle that posts holds at most 200 KB of it, and posts', async () => {
  const server = await receiver(OK);
  const code = await bundled(`import { SafeFetch } from 'plinth-runtime/safe-fetch';
    new SafeFetch({ allowLoopback: true }).post({ url: process.env.RECEIVER!, body: '{}', timeoutMs: 5000 }).then(({ status }) => { console.log(status); process.exit(); });`);
  expect(Buffer.byteLength(code)).toBeLessThan(200_000);
  const folder = mkdtempSync(join(tmpdir(), 'safe-fetch-'));
  writeFileSync(join(folder, 'index.js'), code);
  const environment: NodeJS.ProcessEnv = { ...process.env, RECEIVER: `http://127.0.0.1:${server.port}/` };
  delete environment.JEST_WORKER_ID;
  const child = spawn(process.execPath, [join(folder, 'index.js')], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  for await (const chunk of child.stdout) said += String(chunk);
  rmSync(folder, { recursive: true });
  expect(said.trim()).toBe('200');
});

test('a bundle that only checks URLs and headers holds nothing that posts', async () => {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: `import { headerFault, UrlRules } from 'plinth-runtime/safe-fetch'; console.log(headerFault, UrlRules);`,
      resolveDir: root,
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    minify: true,
    write: false,
    metafile: true,
    outfile: 'out.js',
    tsconfig: join(root, 'tsconfig.json'),
    absWorkingDir: root,
  });
  expect(outputFiles[0].contents.length).toBeLessThan(10_000);
  expect(Object.keys(Object.values(metafile.outputs)[0].inputs).filter((path) => path.includes('undici'))).toEqual([]);
});
