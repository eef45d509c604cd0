#!/usr/bin/env node
import { runProgram } from './program';

void runProgram(process.argv.slice(2), {
  directory: process.cwd(),
  environment: process.env,
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
}).then((code) => {
  process.exitCode = code;
});
