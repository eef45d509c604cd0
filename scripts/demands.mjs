// Writes lib/conformance/demands/<prefix>.ts from a catalogue of demands: node scripts/demands.mjs CATALOGUE.yaml
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [catalogue] = process.argv.slice(2);
if (!catalogue) throw new Error('demands: CATALOGUE must be a file, got none; name it as the first argument');

const LINE = /^- \{id: (?<id>(?<prefix>[A-Z]+)-[\d.]+), kind: (?<kind>template|runtime|process), ask: (?<ask>"(?:[^"\\]|\\.)*")/;
const systems = new Map();
for (const line of readFileSync(catalogue, 'utf8')
  .split('\n')
  .filter((one) => one.startsWith('- '))) {
  const match = LINE.exec(line);
  if (!match) throw new Error(`demands: a line must hold id, kind and ask, got ${line}; correct the catalogue`);
  const { id, prefix, kind, ask } = match.groups;
  systems.set(prefix, [...(systems.get(prefix) ?? []), `${id} ${kind} ${JSON.parse(ask)}`]);
}

const folder = join(fileURLToPath(new URL('..', import.meta.url)), 'lib', 'conformance', 'demands');
mkdirSync(folder, { recursive: true });
for (const [prefix, lines] of systems) {
  const text = lines.join('\n').replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${');
  const head = '/** A demand a line: its id, its kind and what is asked for. Written by scripts/demands.mjs. */';
  writeFileSync(join(folder, `${prefix.toLowerCase()}.ts`), `${head}\nexport const ${prefix} = \`\n${text}\n\`;\n`);
}
