import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const program = join(mkdtempSync(join(tmpdir(), 'plinth-main-')), 'plinth.js');
buildSync({
  entryPoints: [join(__dirname, '../../cli/src/main.ts')],
  outfile: program,
  bundle: true,
  platform: 'node',
  alias: { plinth: join(__dirname, '../../lib/index.ts') },
  external: ['aws-cdk-lib', 'constructs'],
  logLevel: 'error',
});

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly err: string;
}

/** Runs the program with a reader that has gone before the first line. */
function runUnread(...tokens: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...tokens], {
    env: { ...process.env, NODE_PATH: join(__dirname, '../../node_modules') },
  });
  child.stdout.destroy();
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, err }));
  });
}

test('ends quietly when nobody reads on', async () => {
  expect(await runUnread('--help')).toEqual({ code: 0, signal: null, err: '' });
});

test('still says by its exit code that it was misused when nobody reads on', async () => {
  const { code, err } = await runUnread('shout');

  expect(code).toBe(2);
  expect(err).toContain('the command must be one of ');
});
