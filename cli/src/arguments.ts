import { type Arguments, type Command, type FlagSpec, Misuse } from './command';

/** What every command takes. */
export const COMMON_FLAGS: { readonly [name: string]: FlagSpec } = {
  json: { description: 'print JSON instead of a table' },
  help: { description: 'print this help' },
};

/** Reads the arguments of a command; what it did not declare is misuse. */
export function parseArguments(command: Command, tokens: readonly string[]): Arguments {
  const positionals: string[] = [];
  const switches = new Set<string>();
  const values = new Map<string, string>();
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (!token.startsWith('-')) {
      positionals.push(token);
      continue;
    }
    const [name, inline] = split(token);
    const spec = { ...command.flags, ...COMMON_FLAGS }[name];
    if (!spec) throw new Misuse(`plinth ${command.name}: ${token} must be one of its flags; see \`plinth ${command.name} --help\``);
    if (spec.value === undefined) {
      if (inline !== undefined) throw new Misuse(`plinth ${command.name}: --${name} must be given without a value, got ${inline}`);
      switches.add(name);
      continue;
    }
    const value = inline ?? tokens[(index += 1)];
    if (!value || (inline === undefined && value.startsWith('--'))) {
      throw new Misuse(`plinth ${command.name}: --${name} must be followed by ${spec.value}, got ${value ?? 'nothing'}`);
    }
    if (values.has(name)) throw new Misuse(`plinth ${command.name}: --${name} must be given once, got it twice`);
    values.set(name, value);
  }
  if (positionals.length > command.positionals.length) {
    const allowed = command.positionals.join(' ') || 'no argument';
    throw new Misuse(`plinth ${command.name}: it takes ${allowed}, got ${positionals.join(' ')}`);
  }
  return { positionals, switches, values };
}

function split(token: string): [string, string | undefined] {
  if (token === '-h') return ['help', undefined];
  const match = /^--([^=]+)(?:=(.*))?$/.exec(token);
  return match ? [match[1], match[2]] : [token, undefined];
}
