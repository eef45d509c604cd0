/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: {
    '^.+\\.[tj]s$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }],
  },
  transformIgnorePatterns: ['/node_modules/'],
  moduleNameMapper: {
    '^plinth$': '<rootDir>/lib/index.ts',
    '^plinth-runtime$': '<rootDir>/runtime/src/index.ts',
    '^plinth-runtime/(.+)$': '<rootDir>/runtime/src/$1/index.ts',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/cdk.out/', '<rootDir>/runtime/dist/'],
  globalSetup: '<rootDir>/test/support/run-folder.ts',
  globalTeardown: '<rootDir>/test/support/run-folder-end.ts',
  setupFiles: ['<rootDir>/test/support/quick-synthesis.ts'],
  setupFilesAfterEnv: ['aws-cdk-lib/testhelpers/jest-autoclean'],
  reporters: ['default', '<rootDir>/test/support/results-reporter.js'],
  testSequencer: '<rootDir>/test/support/slowest-first.js',
  maxWorkers: 2,
  // Engines start within some tests; a machine with other work to do must not fail them.
  testTimeout: 60_000,
};
