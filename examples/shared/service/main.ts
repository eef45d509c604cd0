import { createLogger, type Logger, logLevel } from 'plinth-runtime';

/** What `runMain` starts and ends. */
export interface Startable {
  start(): Promise<{ readonly port: number; readonly metricsPort: number }>;
  stop(): Promise<{ readonly cut: number }>;
}

export interface MainOptions {
  /** The service's name in its log, where SERVICE_NAME tells no other. */
  readonly name: string;
  /** The OpenAPI document, printed by the command `openapi`; nothing serves then. */
  readonly document: () => object;
  readonly service: (logger: Logger) => Startable;
}

/** A service as a process: it serves until SIGTERM, drains, and ends with 0; a second SIGTERM ends it at once. */
export function runMain({ name, document, service: make }: MainOptions): void {
  const options = { service: process.env.SERVICE_NAME || name, write: (line: string) => void process.stdout.write(line) };
  let logger = createLogger(options);

  async function serve(): Promise<void> {
    logger = createLogger({ ...options, level: logLevel(process.env) });
    const service = make(logger);
    logger.debug('composed', { node: process.version });
    logger.info('listening', await service.start());
    let stopping = false;
    process.on('SIGTERM', () => {
      if (stopping) process.exit(1);
      stopping = true;
      void stop(service);
    });
  }

  async function stop(service: Startable): Promise<void> {
    logger.info('draining');
    const { cut } = await service.stop();
    if (cut > 0) logger.error('requests cut at the end of the drain', { cut });
    logger.info('drained');
    process.exit(0);
  }

  async function main(command: string | undefined): Promise<void> {
    if (command === undefined) return serve();
    if (command !== 'openapi') throw new Error(`the command must be openapi or nothing, got ${command}`);
    process.stdout.write(`${JSON.stringify(document(), undefined, 2)}\n`);
  }

  main(process.argv[2]).catch((error: unknown) => {
    logger.error('the service cannot start', { reason: error instanceof Error ? error.message : String(error) });
    // What was opened before the fault would keep the process.
    process.exit(1);
  });
}
