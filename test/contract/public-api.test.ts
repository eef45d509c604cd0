import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import * as plinth from 'plinth';
import ts from 'typescript';
import { compile, publicMembers, publicNames, publicProgram, root, tag } from '../support/public-api';

const program = publicProgram();
const names = publicNames(program);
const optional = names.flatMap((name) =>
  publicMembers(name)
    .filter((member) => 'questionToken' in member && member.questionToken !== undefined)
    .map((member) => ({ name: `${name.name}.${member.name!.getText()}`, member })),
);

/** What is shown to users as TypeScript: the examples of the reference, and the fenced ones of the pages. */
const examples: { readonly [origin: string]: string } = Object.fromEntries([
  ...names.map(({ name, node }) => [`${name} @example`, tag(node, 'example') ?? '']),
  ...['README.md', ...readdirSync(join(root, 'docs', 'constructs')).map((page) => join('docs', 'constructs', page))].flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map((match, index) => [
      `${page} #${index + 1}`,
      match[1],
    ]),
  ),
]);

const declared = (body: string) =>
  `${/\bstack\b/.test(body) && !/(const|let) stack\b/.test(body) ? "import { Stack as DeclaredStack } from 'aws-cdk-lib';\ndeclare const stack: DeclaredStack;\n" : ''}${body}\nexport {};\n`;

test('every optional prop says its default', () => {
  expect(optional.length).toBeGreaterThan(30);
  expect(optional.filter(({ member }) => !tag(member, 'default')).map(({ name }) => name)).toEqual([]);
});

test('every public name and member is described', () => {
  const undescribed = names.flatMap((name) =>
    [name.node, ...publicMembers(name)].filter((node) => !ts.getJSDocCommentsAndTags(node).some((doc) => ts.isJSDoc(doc) && doc.comment)),
  );

  expect(undescribed.map((node) => node.getText().slice(0, 80))).toEqual([]);
});

test('every public name has an example', () => {
  expect(names.filter(({ node }) => !tag(node, 'example')).map(({ name }) => name)).toEqual([]);
});

test('no public member is of type any', () => {
  const checker = program.getTypeChecker();
  const loose = names.flatMap((name) =>
    publicMembers(name)
      .filter((member) => /\bany\b/.test(checker.typeToString(checker.getTypeAtLocation(member), member, ts.TypeFormatFlags.NoTruncation)))
      .map((member) => `${name.name}.${member.name!.getText()}`),
  );

  expect(loose).toEqual([]);
});

/** What the compiler says of every example, and of one that is broken, in one run. */
const faults = compile({
  ...Object.fromEntries(Object.entries(examples).map(([origin, body]) => [`${origin.replaceAll(/[^\w]+/g, '-')}.ts`, declared(body)])),
  'broken.ts': "import { Network } from 'plinth';\nnew Network(1, 'Network');\n",
});
const isOfBroken = (fault: string) => fault.includes('broken.ts');

test('every example compiles', () => {
  expect(faults.filter((fault) => !isOfBroken(fault))).toEqual([]);
});

test('the compiler would say that an example does not compile', () => {
  expect(faults.filter(isOfBroken)).toEqual([expect.stringContaining('TS2345')]);
});

test.each(Object.keys(examples))('%s synthesizes', (origin) => {
  const stack = new Stack(new App(), 'Stack');
  const apps: App[] = [];
  class ShownApp extends App {
    constructor(...args: ConstructorParameters<typeof App>) {
      super(...args);
      apps.push(this);
    }
  }
  const shown = (module: string): unknown => {
    if (module === 'plinth') return plinth;
    const loaded: object = jest.requireActual(module);
    return module === 'aws-cdk-lib' ? Object.create(loaded, { App: { value: ShownApp } }) : loaded;
  };
  const { outputText } = ts.transpileModule(examples[origin], {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });

  // oxlint-disable-next-line no-implied-eval -- the examples are this repository's own
  new Function('require', 'exports', 'stack', `{${outputText}}`)(shown, {}, stack);

  for (const app of [stack.node.root as App, ...apps]) expect(app.synth().directory).toBeTruthy();
});

test('every construct has a page', () => {
  const kebab = (name: string) => name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
  const constructs = Object.entries(plinth)
    .filter(([, exported]) => typeof exported === 'function' && exported.prototype instanceof Construct)
    .map(([name]) => kebab(name));

  expect(constructs).toContain('api-service');
  expect(constructs.filter((name) => !existsSync(join(root, 'docs', 'constructs', `${name}.md`)))).toEqual([]);
});
