import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';

// AWS WAF offers application/json and no application/problem+json; the body is the problem document nevertheless.
const problem = (status: number, title: string, code: string, detail: string): CfnWebACL.CustomResponseBodyProperty => ({
  contentType: 'APPLICATION_JSON',
  content: JSON.stringify({ type: 'about:blank', title, status, code, detail }),
});

/** @internal */
export const RESPONSE_BODIES = {
  'too-many-requests': problem(429, 'Too Many Requests', 'rate_limited', 'Too many requests from this address; wait a minute.'),
  'content-too-large': problem(413, 'Content Too Large', 'content_too_large', 'The request body is larger than this path accepts.'),
  forbidden: problem(403, 'Forbidden', 'forbidden', 'The request was refused by the firewall.'),
};

const block = (
  customResponseBodyKey: keyof typeof RESPONSE_BODIES,
  responseCode: number,
  retryAfter?: string,
): CfnWebACL.RuleActionProperty => ({
  block: {
    customResponse: {
      customResponseBodyKey,
      responseCode,
      responseHeaders: retryAfter === undefined ? undefined : [{ name: 'Retry-After', value: retryAfter }],
    },
  },
});

/** @internal */
export const TOO_MANY_REQUESTS = block('too-many-requests', 429, '60');

/** @internal */
export const CONTENT_TOO_LARGE = block('content-too-large', 413);

/** @internal */
export const FORBIDDEN = block('forbidden', 403);
