/** The text is not JSON as the service takes it. */
export class JsonFault extends Error {}

const STRING = /"(?:[^"\\]|\\.)*"/y;

/** The most levels of arrays and objects; no request of any service has more than six. */
const MAX_DEPTH = 16;

/** Parses JSON; refuses what parsers read in different ways: keys given twice, and nesting deeper than anybody means. */
export function parseStrictly(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new JsonFault('the body must be JSON, got something else; see RFC 8259');
  }
  checkStructure(text);
  return value;
}

/** Walks over text that is known to be JSON. */
function checkStructure(text: string): void {
  // The keys of each object that is open; nothing for an array.
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '{' || character === '[') {
      if (open.push(character === '{' ? new Set() : undefined) > MAX_DEPTH) {
        throw new JsonFault(`the body must be nested at most ${MAX_DEPTH} levels deep, got more`);
      }
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === '"') {
      STRING.lastIndex = at;
      const literal = STRING.exec(text)?.[0] ?? '"';
      at += literal.length - 1;
      checkKey(open.at(-1), text, at + 1, literal);
    }
  }
}

const COLON = /\s*:/y;

function checkKey(keys: Set<string> | undefined, text: string, after: number, literal: string): void {
  if (keys === undefined) return;
  COLON.lastIndex = after;
  if (!COLON.test(text)) return;
  const key = String(JSON.parse(literal));
  if (keys.has(key)) throw new JsonFault(`the body must give each key of an object once, got ${shownKey(literal)} twice`);
  keys.add(key);
}

function shownKey(literal: string): string {
  return literal.length <= 80 ? literal : 'a long key';
}
