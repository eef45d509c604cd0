const { createHash } = require('node:crypto');
const { existsSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const nodePath = require('node:path');

const OUTCOMES = { passed: 'passed', failed: 'failed' };

/** Writes how every test went to .test-results.json, with the hash of the file it stands in; files that did not run keep theirs. */
class ResultsReporter {
  constructor({ rootDir, testNamePattern }) {
    this.rootDir = rootDir;
    // A run of some tests of a file would replace the results of all.
    this.partial = Boolean(testNamePattern);
  }

  onRunComplete(_contexts, { testResults }) {
    if (this.partial) return;
    const path = nodePath.join(this.rootDir, '.test-results.json');
    const ran = testResults.flatMap((suite) => this.resultsOf(suite));
    const files = new Set(testResults.map(({ testFilePath }) => this.nameOf(testFilePath)));
    const kept = read(path).filter(({ file }) => !files.has(file) && existsSync(nodePath.join(this.rootDir, file)));
    const results = [...kept, ...ran].toSorted((a, b) => (a.file < b.file ? -1 : Number(a.file > b.file)));
    const lines = results.map((result) => JSON.stringify(result));
    const scratch = `${path}.${process.pid}`;
    writeFileSync(scratch, `[\n${lines.join(',\n')}\n]\n`);
    renameSync(scratch, path);
  }

  resultsOf({ testFilePath, testResults }) {
    // A file that is gone when the run ends has no tests to speak of.
    if (!existsSync(testFilePath)) return [];
    const file = this.nameOf(testFilePath);
    const sha256 = createHash('sha256').update(readFileSync(testFilePath)).digest('hex');
    return testResults.map(({ fullName, status }) => ({ file, title: fullName, outcome: OUTCOMES[status] ?? 'skipped', sha256 }));
  }

  nameOf(path) {
    return nodePath.relative(this.rootDir, path).split(nodePath.sep).join('/');
  }
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return [];
  }
}

module.exports = ResultsReporter;
