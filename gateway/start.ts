import { AccessLines, createLogger, type Logger, logLevel } from 'plinth-runtime';
import type { GatewayConfig } from './config';
import { drain } from './drain';
import { LineWriter, standardOutput } from './line-writer';
import { openPlatform } from './platform';
import { GatewayServer } from './server';
import { collectorOfPassedBytes, keepNewObjectsYoung } from './young-generation';

const FLUSH_WITHIN_MS = 1_000;

/** Runs the gateway until the process is told to stop. */
export async function start(config: GatewayConfig): Promise<void> {
  keepNewObjectsYoung();
  const output = new LineWriter(standardOutput, (lines) => logger.error('log lines dropped: the reader is too slow', { lines }));
  const logger: Logger = createLogger({ service: config.service, write: output.write, level: logLevel(process.env) });
  const lines = new AccessLines(config.service);
  const exit = (code: number) => {
    setTimeout(() => process.exit(code), FLUSH_WITHIN_MS).unref();
    void output.flush().then(() => process.exit(code));
  };
  process.on('uncaughtException', (error) => {
    logger.error('uncaught error; the process stops', { reason: error.stack ?? String(error) });
    exit(1);
  });

  const platform = await openPlatform(config, logger);
  const certificate = config.listen.tls ? await makeCertificate() : undefined;
  const server = new GatewayServer({
    config,
    certificate,
    logger,
    record: (entry) => output.write(lines.of(entry)),
    passed: collectorOfPassedBytes(),
    ...platform,
  });
  const port = await server.listen(config.listen.port, config.listen.host ?? (config.listen.tls ? undefined : '127.0.0.1'));
  logger.info('listening', { port, tls: config.listen.tls });

  let stopping = false;
  process.on('SIGTERM', () => {
    if (stopping) process.exit(1);
    stopping = true;
    void stop(server, config, logger).then(() => exit(0));
  });
}

async function stop(server: GatewayServer, config: GatewayConfig, logger: Logger): Promise<void> {
  logger.info('draining', { ...config.drain, connections: await server.connections() });
  const { cut } = await drain(server, config.drain);
  if (cut > 0) logger.error('requests cut at the end of the drain', { cut });
  logger.info('drained');
}

// The certificate maker is the largest part of the bundle and needed once: the probe must not pay for it.
async function makeCertificate() {
  const module = await import('./certificate.js');
  return module.makeCertificate();
}
