import { BlockList, isIPv6 } from 'node:net';
import { fieldsOf, listOf, numberOf, textOf } from '../model/stage-model';

/** A rule of a listener: conditions that must all hold, then what is done. */
export interface Rule {
  readonly priority: number;
  readonly conditions: readonly Fields[];
  readonly actions: readonly Fields[];
}

/** What a rule looks at. */
export interface RuleRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly address: string;
  header(name: string): string | undefined;
}

/** What is done with a request. */
export type Decision =
  | { readonly kind: 'forward'; readonly targetGroup: unknown }
  | { readonly kind: 'fixed'; readonly status: number; readonly contentType: string; readonly body: string }
  | { readonly kind: 'redirect'; readonly status: number; readonly location: string }
  | { readonly kind: 'unknown'; readonly type: string };

type Fields = { readonly [name: string]: unknown };

/** The first rule by priority whose conditions all hold decides. */
export function decide(rules: readonly Rule[], request: RuleRequest, random: () => number): Decision {
  const rule = rules.find(({ conditions }) => conditions.every((condition) => holds(condition, request)));
  return act(rule?.actions ?? [], request, random);
}

/** Whether a value matches a pattern of the load balancer's: `*` for any characters, `?` for one. */
export function matches(pattern: string, value: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(value);
}

/** The kinds of conditions that are understood. */
export const CONDITIONS: { readonly [field: string]: (condition: Fields, request: RuleRequest) => boolean } = {
  'path-pattern': (condition, { path }) => any(valuesOf(condition, 'PathPatternConfig'), (pattern) => matches(pattern, path)),
  'host-header': (condition, { host }) => {
    const name = host.toLowerCase().replace(/:\d+$/, '');
    return any(valuesOf(condition, 'HostHeaderConfig'), (pattern) => matches(pattern.toLowerCase(), name));
  },
  'http-request-method': (condition, { method }) => valuesOf(condition, 'HttpRequestMethodConfig').includes(method),
  'http-header': (condition, request) => {
    const value = request.header(String(fieldsOf(condition.HttpHeaderConfig).HttpHeaderName))?.toLowerCase();
    return value !== undefined && any(valuesOf(condition, 'HttpHeaderConfig'), (pattern) => matches(pattern.toLowerCase(), value));
  },
  'query-string': (condition, { query }) => {
    const pairs = [...new URLSearchParams(query)].map(([key, value]) => [key.toLowerCase(), value.toLowerCase()]);
    return listOf(fieldsOf(condition.QueryStringConfig).Values).some(({ Key, Value }) =>
      pairs.some(
        ([key, value]) =>
          matches(String(Value).toLowerCase(), value) && (Key === undefined || matches(textOf(Key)?.toLowerCase() ?? '', key)),
      ),
    );
  },
  'source-ip': (condition, { address }) => {
    const networks = new BlockList();
    for (const range of valuesOf(condition, 'SourceIpConfig')) {
      const [network, prefix] = range.split('/');
      networks.addSubnet(network, Number(prefix), isIPv6(network) ? 'ipv6' : 'ipv4');
    }
    return networks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  },
};

function holds(condition: Fields, request: RuleRequest): boolean {
  return CONDITIONS[String(condition.Field)]?.(condition, request) ?? false;
}

function valuesOf(condition: Fields, config: string): string[] {
  const values = fieldsOf(condition[config]).Values ?? condition.Values;
  return Array.isArray(values) ? values.map(String) : [];
}

function any(patterns: readonly string[], match: (pattern: string) => boolean): boolean {
  return patterns.some(match);
}

function act(actions: readonly Fields[], request: RuleRequest, random: () => number): Decision {
  const action = actions.toSorted((a, b) => numberOf(a.Order, 0) - numberOf(b.Order, 0))[0] ?? {};
  if (action.Type === 'forward') return { kind: 'forward', targetGroup: chosen(action, random) };
  if (action.Type === 'fixed-response') {
    const { StatusCode, ContentType, MessageBody } = fieldsOf(action.FixedResponseConfig);
    return {
      kind: 'fixed',
      status: numberOf(StatusCode, 503),
      contentType: textOf(ContentType) ?? 'text/plain',
      body: textOf(MessageBody) ?? '',
    };
  }
  if (action.Type === 'redirect') return redirect(fieldsOf(action.RedirectConfig), request);
  return { kind: 'unknown', type: String(action.Type) };
}

function chosen(action: Fields, random: () => number): unknown {
  const groups = listOf(fieldsOf(action.ForwardConfig).TargetGroups);
  if (groups.length === 0) return action.TargetGroupArn;
  const weighted = groups.map(({ TargetGroupArn, Weight }) => ({ TargetGroupArn, weight: numberOf(Weight, 1) }));
  let at = random() * weighted.reduce((sum, { weight }) => sum + weight, 0);
  return weighted.find(({ weight }) => (at -= weight) < 0)?.TargetGroupArn;
}

function redirect(config: Fields, { host, path, query }: RuleRequest): Decision {
  const [name, port = '80'] = host.split(':');
  const filled = (value: unknown, fallback: string) =>
    (textOf(value) ?? fallback)
      .replaceAll('#{protocol}', 'http')
      .replaceAll('#{host}', name)
      .replaceAll('#{port}', port)
      .replaceAll('#{path}', path.slice(1))
      .replaceAll('#{query}', query);
  const search = filled(config.Query, '#{query}');
  const location = `${filled(config.Protocol, '#{protocol}').toLowerCase()}://${filled(config.Host, '#{host}')}:${filled(config.Port, '#{port}')}`;
  return {
    kind: 'redirect',
    status: config.StatusCode === 'HTTP_302' ? 302 : 301,
    location: `${location}${filled(config.Path, '/#{path}')}${search === '' ? '' : `?${search}`}`,
  };
}
