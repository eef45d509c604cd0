#!/usr/bin/env node
const { existsSync } = require('node:fs');
const path = require('node:path');

const program = path.join(__dirname, '..', 'dist', 'plinth.js');
if (existsSync(program)) require(program);
else {
  process.stderr.write(`plinth: the command must be built before it runs, found no ${program}; run \`npm run build\` in the repository\n`);
  process.exitCode = 2;
}
