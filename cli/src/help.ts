import { COMMON_FLAGS } from './arguments';
import type { Command } from './command';

/** What the program can do. */
export function overview(commands: readonly Command[]): string[] {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 2;
  return [
    'Usage: plinth <command> [arguments]',
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`),
    '',
    '`plinth <command> --help` tells the arguments of one.',
  ];
}

/** What one command takes. */
export function helpOf({ name, summary, positionals, flags }: Command): string[] {
  const all = Object.entries({ ...flags, ...COMMON_FLAGS }).map(
    ([flag, { value, description }]) => [`--${flag}${value ? ` ${value}` : ''}`, description] as const,
  );
  const width = Math.max(...all.map(([flag]) => flag.length)) + 2;
  return [
    `Usage: plinth ${[name, ...positionals.map((positional) => `[${positional}]`)].join(' ')} [flags]`,
    '',
    summary,
    '',
    ...all.map(([flag, description]) => `  ${flag.padEnd(width)}${description}`),
    '',
    'Exit codes: 0 fine, 1 something was found, 2 misuse.',
  ];
}
