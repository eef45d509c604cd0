import { parseConfig } from './config';

async function main(command: string | undefined): Promise<void> {
  const config = parseConfig(process.env.PLINTH_GATEWAY);
  if (command === undefined) {
    const { start } = await import('./start.js');
    await start(config);
  } else if (command === 'probe') {
    const { probe } = await import('./probe.js');
    process.exitCode = (await probe(config)) ? 0 : 1;
  } else {
    throw new Error(`gateway: the command must be probe or nothing, got ${command}`);
  }
}

main(process.argv[2]).catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), level: 'ERROR', type: 'event', message })}\n`);
  process.exitCode = 1;
});
