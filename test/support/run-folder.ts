import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes the folder for what the test files of this run of jest share. */
export default function makeRunFolder(): void {
  process.env.PLINTH_TEST_RUN = mkdtempSync(join(tmpdir(), 'plinth-test-run-'));
}
