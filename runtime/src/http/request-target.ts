const ORIGIN_FORM = /^\/[\x21\x22\x24-\x7e]*$/;
const DOT_SEGMENT = /(?:^|[/\\])\.{1,2}(?:[/\\]|$)/;
const ENCODED = /%(?:2e|2f|5c)/i;

/** The path of a request target, without its query. */
export function pathOf(target: string): string {
  const query = target.indexOf('?');
  return query === -1 ? target : target.slice(0, query);
}

/** What is wrong with a request target, or nothing. Only origin-form is served: a proxy of one app has no use for the others. */
export function targetFault(target: string): string | undefined {
  if (!ORIGIN_FORM.test(target)) return 'the request target must be a path';
  const path = pathOf(target);
  // An app that resolves dot segments would see another path than the one whose limits were applied.
  if ((path.includes('/.') || path.includes('\\') || ENCODED.test(path)) && DOT_SEGMENT.test(plain(path))) {
    return 'the path must not hold dot segments';
  }
  return undefined;
}

function plain(path: string): string {
  return path.replace(/%2e/gi, '.').replace(/%2f/gi, '/').replace(/%5c/gi, '\\');
}
