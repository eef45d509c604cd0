#!/usr/bin/env node
import { runProgram } from './program';

// Whoever reads may have read enough, as head does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

void runProgram(process.argv.slice(2), {
  directory: process.cwd(),
  environment: process.env,
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  interrupted,
}).then((code) => {
  process.exitCode = code;
});

/** A terminal sends SIGINT, everybody else SIGTERM. */
function interrupted(listener: (times: number) => void): () => void {
  let times = 0;
  const told = () => listener((times += 1));
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, told);
  return () => {
    for (const signal of signals) process.off(signal, told);
  };
}
