import { fieldsOf, numberOf, textOf } from '../model/stage-model';

/** A whole number from 0 to below `limit`. */
export type Below = (limit: number) => number;

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';
const DEFAULT_LENGTH = 32;

/** The value that Secrets Manager makes of a `GenerateSecretString`. */
export function generateSecretString(generate: unknown, below: Below): string {
  const options = fieldsOf(generate);
  const password = passwordOf(options, below);
  const key = textOf(options.GenerateStringKey);
  if (key === undefined) return password;
  return JSON.stringify({ ...fieldsOf(JSON.parse(textOf(options.SecretStringTemplate) ?? '{}')), [key]: password });
}

function passwordOf(options: { readonly [name: string]: unknown }, below: Below): string {
  const excluded = new Set(textOf(options.ExcludeCharacters));
  const is = (name: string) => options[name] === true || options[name] === 'true';
  const types = [
    is('ExcludeLowercase') ? '' : LOWER,
    is('ExcludeUppercase') ? '' : LOWER.toUpperCase(),
    is('ExcludeNumbers') ? '' : DIGITS,
    is('ExcludePunctuation') ? '' : PUNCTUATION,
    is('IncludeSpace') ? ' ' : '',
  ].map((type) => Array.from(type).filter((character) => !excluded.has(character)));
  const included = types.filter((type) => type.length > 0);
  const all = included.flat();
  const each = options.RequireEachIncludedType === false ? [] : included.map((type) => type[below(type.length)]);
  const rest = Array.from(
    { length: Math.max(0, numberOf(options.PasswordLength, DEFAULT_LENGTH) - each.length) },
    () => all[below(all.length)],
  );
  return shuffled([...each, ...rest], below).join('');
}

function shuffled(characters: readonly string[], below: Below): string[] {
  const mixed = [...characters];
  for (let at = mixed.length - 1; at > 0; at -= 1) {
    const other = below(at + 1);
    [mixed[at], mixed[other]] = [mixed[other], mixed[at]];
  }
  return mixed;
}
