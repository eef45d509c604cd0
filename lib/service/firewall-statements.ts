import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';

/** @internal */
export type Statement = CfnWebACL.StatementProperty;

const UNCHANGED = [{ priority: 0, type: 'NONE' }];
/** Undoes what could dress one path up as another: `/a/%2e%2e/b` is `/b`. */
const NORMALIZED = [
  { priority: 0, type: 'URL_DECODE' },
  { priority: 1, type: 'NORMALIZE_PATH' },
];

/** @internal */
export const not = (statement: Statement): Statement => ({ notStatement: { statement } });

/** @internal AWS WAF refuses AND and OR of a single statement. */
export const allOf = (statements: Statement[]): Statement => (statements.length === 1 ? statements[0] : { andStatement: { statements } });

/** @internal */
export const anyOf = (statements: Statement[]): Statement => (statements.length === 1 ? statements[0] : { orStatement: { statements } });

/** @internal */
export const fromAddresses = (ipSetArns: string[]): Statement => anyOf(ipSetArns.map((arn) => ({ ipSetReferenceStatement: { arn } })));

/** @internal A header of no length is no header: a size constraint on an absent header does not match. */
export const hasHeader = (name: string): Statement => ({
  sizeConstraintStatement: {
    fieldToMatch: { singleHeader: { Name: name } },
    comparisonOperator: 'GE',
    size: 1,
    textTransformations: UNCHANGED,
  },
});

/** @internal */
export const headerMatches = (name: string, regexString: string): Statement => ({
  regexMatchStatement: { fieldToMatch: { singleHeader: { Name: name } }, regexString, textTransformations: UNCHANGED },
});

const pathMatch = (path: string, textTransformations: CfnWebACL.TextTransformationProperty[]): Statement => ({
  byteMatchStatement: {
    fieldToMatch: { uriPath: {} },
    positionalConstraint: path.endsWith('*') ? 'STARTS_WITH' : 'EXACTLY',
    searchString: path.replace(/\*$/, ''),
    textTransformations,
  },
});

/** @internal An exact path, or a prefix that ends in `/*`, as the client sent it. */
export const onPath = (path: string): Statement => pathMatch(path, UNCHANGED);

/** @internal The same, after decoding and normalizing: for what lets a request through. */
export const onNormalizedPath = (path: string): Statement => pathMatch(path, NORMALIZED);

/** @internal */
export const carriesLabel = (key: string): Statement => ({ labelMatchStatement: { scope: 'LABEL', key } });

/**
 * Requests of one address within a minute. Behind a CDN, whose addresses all clients share, this is the place to count the forwarded
 * address instead.
 * @internal
 */
export const moreThanPerMinute = (limit: number, scopeDownStatement?: Statement): Statement => ({
  rateBasedStatement: { aggregateKeyType: 'IP', evaluationWindowSec: 60, limit, scopeDownStatement },
});
