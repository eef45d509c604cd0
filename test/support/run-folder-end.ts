import { rmSync } from 'node:fs';

export default function removeRunFolder(): void {
  rmSync(process.env.PLINTH_TEST_RUN!, { recursive: true, force: true });
}
