import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger, type Logger } from 'plinth-runtime';
import { openApi } from './api/openapi';
import type { Category } from './category';
import { compose } from './compose';
import { Service } from './service';

const logger = createLogger({ service: process.env.SERVICE_NAME || 'recommendation-api', write: (line) => process.stdout.write(line) });

async function serve(): Promise<void> {
  const file = JSON.parse(readFileSync(join(__dirname, 'categories.json'), 'utf8')) as Category[];
  const service = new Service(compose(process.env, file, logger));
  const ports = await service.start();
  logger.info('listening', ports);
  let stopping = false;
  process.on('SIGTERM', () => {
    if (stopping) process.exit(1);
    stopping = true;
    void stop(service, logger);
  });
}

async function stop(service: Service, log: Logger): Promise<void> {
  log.info('draining');
  const { cut } = await service.stop();
  if (cut > 0) log.error('requests cut at the end of the drain', { cut });
  log.info('drained');
  process.exit(0);
}

/** `openapi` prints the document; nothing serves. */
async function main(command: string | undefined): Promise<void> {
  if (command === undefined) return serve();
  if (command !== 'openapi') throw new Error(`the command must be openapi or nothing, got ${command}`);
  process.stdout.write(`${JSON.stringify(openApi(), undefined, 2)}\n`);
}

main(process.argv[2]).catch((error: unknown) => {
  logger.error('the service cannot start', { reason: error instanceof Error ? error.message : String(error) });
  // What was opened before the fault would keep the process.
  process.exit(1);
});
