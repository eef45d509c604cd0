const WORD = /\p{L}[\p{L}\p{N}]*(?:['’-]\p{L}[\p{L}\p{N}]*)*/gu;

/** Words that say nothing of what a text is about. */
const STOP_WORDS = new Set(
  (
    'a about above after again all also am an and any are as at be because been before being below between both but by can could did do does ' +
    'doing down during each even every few for from further get had has have having he her here hers him his how i if in into is it its just ' +
    'let like made make many may me might more most much must my new no nor not now of off on once one only or other our out over own said ' +
    'same she should so some still such than that the their them then there these they this those through to too two under until up us very ' +
    'was way we well were what when where which while who whom why will with would you your'
  ).split(' '),
);

/** The words of a text that tell what it is about, in lower case, in their order. */
export function tellingWords(text: string): string[] {
  const words = text.normalize('NFC').toLowerCase().match(WORD) ?? [];
  return words.filter((word) => word.length > 2 && !STOP_WORDS.has(word));
}

/** A word without the endings of plurals and verbs: rough, but the same for both sides of a comparison. */
export function stem(word: string): string {
  if (word.length > 5 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  for (const ending of ['ing', 'ed', 'es', 's']) {
    if (word.length > ending.length + 3 && word.endsWith(ending) && !word.endsWith('ss')) return word.slice(0, -ending.length);
  }
  return word;
}

/** A share as it is answered: to four places. */
export function rounded(share: number): number {
  return Math.round(share * 10_000) / 10_000;
}
