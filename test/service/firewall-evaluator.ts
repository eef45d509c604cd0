import { posix } from 'node:path';
import { BlockList, isIPv6 } from 'node:net';
import type { Template } from 'aws-cdk-lib/assertions';
import { MANAGED_GROUPS } from '../../lib/service/firewall-managed-rules';

/** A request as the firewall sees it, with what a test cannot send: its country, its address's last minute, what AWS would recognize. */
export interface ExampleRequest {
  path?: string;
  headers?: { [name: string]: string };
  ip?: string;
  country?: string;
  sentLastMinute?: number;
  recognizedAs?: string[];
}

export interface Verdict {
  action: 'allow' | 'block';
  rule?: string;
  status?: number;
  headers?: { [name: string]: string };
  body?: unknown;
}

interface Transformation {
  Type: string;
}

export interface Statement {
  AndStatement?: { Statements: Statement[] };
  OrStatement?: { Statements: Statement[] };
  NotStatement?: { Statement: Statement };
  IPSetReferenceStatement?: { Arn: { 'Fn::GetAtt': [string, string] } };
  GeoMatchStatement?: { CountryCodes: string[] };
  LabelMatchStatement?: { Scope: string; Key: string };
  RateBasedStatement?: { Limit: number; ScopeDownStatement?: Statement };
  SizeConstraintStatement?: { FieldToMatch: { SingleHeader: { Name: string } }; ComparisonOperator: string; Size: number };
  RegexMatchStatement?: { FieldToMatch: { SingleHeader: { Name: string } }; RegexString: string };
  ByteMatchStatement?: { SearchString: string; PositionalConstraint: string; TextTransformations: Transformation[] };
  ManagedRuleGroupStatement?: { Name: string; RuleActionOverrides: { Name: string; ActionToUse: { Count?: object } }[] };
}

interface CustomResponse {
  ResponseCode: number;
  CustomResponseBodyKey: string;
  ResponseHeaders?: { Name: string; Value: string }[];
}

export interface Rule {
  Name: string;
  Priority: number;
  Statement: Statement;
  Action?: { Allow?: object; Block?: { CustomResponse: CustomResponse } };
}

export interface WebAcl {
  Name: string;
  DefaultAction: object;
  Rules: Rule[];
  CustomResponseBodies: { [key: string]: { ContentType: string; Content: string } };
  VisibilityConfig: object;
  DataProtectionConfig: object;
}

/** Addresses by logical id. */
type IpSets = { [logicalId: string]: string[] };

export const webAclOf = (template: Template): WebAcl => Object.values(template.findResources('AWS::WAFv2::WebACL'))[0].Properties;

/** Runs the synthesized rules on one request, as AWS WAF documents them. */
export function evaluate(template: Template, request: ExampleRequest): Verdict {
  const acl = webAclOf(template);
  const ipSets: IpSets = Object.fromEntries(
    Object.entries(template.findResources('AWS::WAFv2::IPSet')).map(([id, { Properties }]) => [id, Properties.Addresses]),
  );
  const labels = new Set<string>();
  for (const rule of acl.Rules.toSorted((one, other) => one.Priority - other.Priority)) {
    if (!matches(rule.Statement, request, labels, ipSets)) continue;
    if (rule.Action?.Allow) return { action: 'allow', rule: rule.Name };
    const response = rule.Action?.Block?.CustomResponse;
    if (!response) return { action: 'block', rule: rule.Name, status: 403 };
    return {
      action: 'block',
      rule: rule.Name,
      status: response.ResponseCode,
      headers: Object.fromEntries((response.ResponseHeaders ?? []).map(({ Name, Value }) => [Name, Value])),
      body: JSON.parse(acl.CustomResponseBodies[response.CustomResponseBodyKey].Content),
    };
  }
  return { action: 'allow' };
}

function matches(statement: Statement, request: ExampleRequest, labels: Set<string>, ipSets: IpSets): boolean {
  const inner = (one: Statement) => matches(one, request, labels, ipSets);
  const header = (field: { SingleHeader: { Name: string } }) => request.headers?.[field.SingleHeader.Name];
  const { RateBasedStatement: rate, SizeConstraintStatement: size, RegexMatchStatement: regex, ByteMatchStatement: bytes } = statement;
  if (statement.AndStatement) return statement.AndStatement.Statements.every(inner);
  if (statement.OrStatement) return statement.OrStatement.Statements.some(inner);
  if (statement.NotStatement) return !inner(statement.NotStatement.Statement);
  if (statement.IPSetReferenceStatement) {
    return inRanges(request.ip ?? '198.51.100.7', ipSets[statement.IPSetReferenceStatement.Arn['Fn::GetAtt'][0]]);
  }
  if (statement.GeoMatchStatement) return statement.GeoMatchStatement.CountryCodes.includes(request.country ?? 'ZZ');
  if (statement.LabelMatchStatement) return labels.has(statement.LabelMatchStatement.Key);
  if (rate) return (request.sentLastMinute ?? 1) > rate.Limit && (!rate.ScopeDownStatement || inner(rate.ScopeDownStatement));
  if (size) return (header(size.FieldToMatch)?.length ?? -1) >= size.Size;
  if (regex) return new RegExp(regex.RegexString).test(header(regex.FieldToMatch) ?? '');
  if (bytes) {
    const path = bytes.TextTransformations.reduce(transform, request.path ?? '/');
    return bytes.PositionalConstraint === 'EXACTLY' ? path === bytes.SearchString : path.startsWith(bytes.SearchString);
  }
  if (statement.ManagedRuleGroupStatement) return blockedByGroup(statement.ManagedRuleGroupStatement, request, labels);
  throw new Error(`the evaluator knows no statement ${Object.keys(statement).join()}`);
}

function transform(path: string, { Type }: Transformation): string {
  if (Type === 'URL_DECODE') return decodeURIComponent(path);
  return Type === 'NORMALIZE_PATH' ? posix.normalize(path) : path;
}

/** A group's rule labels the request in any case, and ends the evaluation unless it is overridden to Count. */
function blockedByGroup(
  { Name, RuleActionOverrides }: NonNullable<Statement['ManagedRuleGroupStatement']>,
  request: ExampleRequest,
  labels: Set<string>,
): boolean {
  const group = MANAGED_GROUPS.find((one) => one.group === Name);
  const recognized = (request.recognizedAs ?? []).filter((rule) => group && Object.hasOwn(group.labels, rule));
  for (const rule of recognized) labels.add(`${group?.namespace}:${group?.labels[rule]}`);
  return recognized.some((rule) => !RuleActionOverrides.some((override) => override.Name === rule && override.ActionToUse.Count));
}

function inRanges(ip: string, ranges: string[]): boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [address, bits] = range.split('/');
    list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return list.check(ip, isIPv6(ip) ? 'ipv6' : 'ipv4');
}
