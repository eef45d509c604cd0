import { type Command, Misuse } from '../../cli/src/command';
import { runProgram } from '../../cli/src/program';

const echo: Command = {
  name: 'echo',
  summary: 'Says what it was given.',
  positionals: ['WORD'],
  flags: { loud: { description: 'in capitals' }, times: { value: 'N', description: 'how often' } },
  run({ positionals, switches, values }, { out }) {
    if (positionals[0] === 'bad') throw new Misuse('plinth echo: WORD must be polite, got bad');
    out([positionals.join(), [...switches].join(), values.get('times')].join('|'));
    return switches.has('loud') ? 1 : 0;
  },
};

async function run(...tokens: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runProgram(tokens, {
    commands: [echo],
    directory: '/',
    environment: {},
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

test('runs a command with its arguments', async () => {
  expect(await run('echo', 'word', '--json', '--times', '3')).toEqual({ code: 0, out: 'word|json|3', err: '' });
});

test('takes the value of a flag after an equals sign', async () => {
  expect(await run('echo', '--times=3')).toMatchObject({ out: '||3' });
});

test('exits with what the command found', async () => {
  expect(await run('echo', '--loud')).toMatchObject({ code: 1 });
});

test.each([
  [[], 'plinth: the command must be one of echo, got none'],
  [['shout'], 'plinth: the command must be one of echo, got shout'],
  [['echo', '--quiet'], 'plinth echo: --quiet must be one of its flags; see `plinth echo --help`'],
  [['echo', '-q'], 'plinth echo: -q must be one of its flags; see `plinth echo --help`'],
  [['echo', '--loud=yes'], 'plinth echo: --loud must be given without a value, got yes'],
  [['echo', '--times'], 'plinth echo: --times must be followed by N, got nothing'],
  [['echo', '--times', '--loud'], 'plinth echo: --times must be followed by N, got --loud'],
  [['echo', '--times', '1', '--times', '2'], 'plinth echo: --times must be given once, got it twice'],
  [['echo', 'one', 'two'], 'plinth echo: it takes WORD, got one two'],
  [['echo', 'bad'], 'plinth echo: WORD must be polite, got bad'],
])('refuses %j with exit code 2', async (tokens, message) => {
  expect(await run(...tokens)).toEqual({ code: 2, out: '', err: message });
});

test('lists the commands', async () => {
  expect((await run('--help')).out).toContain('echo  Says what it was given.');
});

test('tells the arguments of a command', async () => {
  expect((await run('echo', '--help')).out.split('\n')).toEqual([
    'Usage: plinth echo [WORD] [flags]',
    '',
    'Says what it was given.',
    '',
    '  --loud     in capitals',
    '  --times N  how often',
    '  --json     print JSON instead of a table',
    '  --help     print this help',
    '',
    'Exit codes: 0 fine, 1 something was found, 2 misuse.',
  ]);
});

test('passes on a fault that is its own', async () => {
  const broken: Command = { ...echo, run: () => Promise.reject(new Error('a fault of ours')) };
  const program = { commands: [broken], directory: '/', environment: {}, out: () => {}, err: () => {} };

  await expect(runProgram(['echo'], program)).rejects.toThrow('a fault of ours');
});
