// The CloudFormation validator costs seconds in every test file; test/findings.test.ts, which is there to validate, turns it on.
process.env.CDK_VALIDATION ??= 'false';
