import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of package.json: the same whether this file runs from lib/ or from dist/lib/. */
function packageRoot(from: string): string {
  return existsSync(join(from, 'package.json')) ? from : packageRoot(dirname(from));
}

/**
 * The path of something the build made, such as `lambda/default-security-group`.
 * @internal
 */
export function builtAsset(name: string): string {
  const path = join(packageRoot(__dirname), 'dist', name);
  if (!existsSync(path)) {
    throw new Error(`built asset ${name} must exist before synthesis, got nothing at ${path}; run "npm run build"`);
  }
  return path;
}
