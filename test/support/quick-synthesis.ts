// The CloudFormation validator costs seconds in every test file; test/findings.test.ts, which is there to validate, turns it on.
process.env.CDK_VALIDATION ??= 'false';

// CDK keeps a stack of every resource and acknowledgement: a quarter of a synthesis, with the hundred frames that jest asks for.
process.env.CDK_CONTEXT_JSON ??= JSON.stringify({ 'aws:cdk:disable-creation-stack-traces': true });
Error.stackTraceLimit = 10;
