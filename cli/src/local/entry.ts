import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The file of a process that the local run starts beside itself: it stands with the program, or, seen from the sources, where it is built. */
export function entryPoint(name: 'local-aws.js' | 'local-database.js' | 'local-function.js'): string {
  const [beside, built] = [join(__dirname, name), join(__dirname, '..', '..', 'dist', name)];
  return existsSync(beside) ? beside : built;
}
