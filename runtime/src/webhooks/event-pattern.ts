const PART = '[a-z0-9_-]+';
const TYPE = new RegExp(`^${PART}(\\.${PART})*$`);
const PATTERN = new RegExp(`^(\\*|${PART})(\\.(\\*|${PART}))*$`);
const LONGEST = 128;

/** Such as `document.completed`. */
export const isEventType = (text: string): boolean => text.length <= LONGEST && TYPE.test(text);
/** Such as `document.*`, `*.failed` or `*`. */
export const isEventPattern = (text: string): boolean => text.length <= LONGEST && PATTERN.test(text);

/** Whether a pattern means a type: `*` stands for one part, at the end for one or more. */
export function matchesEvent(pattern: string, type: string): boolean {
  const wanted = pattern.split('.');
  const parts = type.split('.');
  const isOpen = wanted.at(-1) === '*';
  if (isOpen ? parts.length < wanted.length : parts.length !== wanted.length) return false;
  return wanted.every((part, at) => part === '*' || part === parts[at]);
}
