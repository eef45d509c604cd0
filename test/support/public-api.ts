import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

export const root = join(__dirname, '..', '..');

/** One name that the package exports. */
export interface PublicName {
  readonly name: string;
  readonly node: ts.ClassDeclaration | ts.InterfaceDeclaration | ts.EnumDeclaration;
}

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: ['node'],
  paths: { plinth: [join(root, 'lib', 'index.ts')] },
};

/** The package's program, from its sources. */
export function publicProgram(): ts.Program {
  return ts.createProgram([join(root, 'lib', 'index.ts')], options);
}

/** What the compiler says of TypeScript that users are shown, as a line each; the files stand where an app of theirs would. */
export function compile(texts: { readonly [file: string]: string }): string[] {
  // Tests that run at once have a folder each.
  const directory = join(root, 'node_modules', '.cache', 'plinth-shown', process.env.JEST_WORKER_ID ?? '0');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  for (const [file, text] of Object.entries(texts)) writeFileSync(join(directory, file), text);
  const compilerOptions = {
    noUnusedLocals: false,
    paths: { plinth: [join(root, 'lib', 'index.ts')], 'plinth-runtime/*': [join(root, 'runtime', 'src', '*', 'index.ts')] },
  };
  writeFileSync(
    join(directory, 'tsconfig.json'),
    JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, include: ['*.ts'], exclude: [] }),
  );
  const tsc = join(root, 'node_modules', '@typescript', 'native', 'bin', 'tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', directory, '--pretty', 'false'], { encoding: 'utf8' });
  return stdout.split('\n').filter(Boolean);
}

export function publicNames(program: ts.Program): PublicName[] {
  const checker = program.getTypeChecker();
  const index = checker.getSymbolAtLocation(program.getSourceFile(join(root, 'lib', 'index.ts'))!)!;
  return checker
    .getExportsOfModule(index)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .flatMap((symbol) => symbol.declarations ?? [])
    .map((node) => {
      if (!ts.isClassDeclaration(node) && !ts.isInterfaceDeclaration(node) && !ts.isEnumDeclaration(node)) {
        throw new Error(`${node.getText().slice(0, 60)}: public names must be classes, interfaces or enums`);
      }
      return { name: node.name!.text, node };
    });
}

/** The members that a caller sees. */
export function publicMembers({ node }: PublicName): ts.NamedDeclaration[] {
  return [...node.members].filter((member) => {
    const flags = ts.getCombinedModifierFlags(member);
    const internal = ts.getJSDocTags(member).some(({ tagName }) => tagName.text === 'internal');
    return !(flags & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) && !internal && !ts.isConstructorDeclaration(member);
  });
}

export function tag(node: ts.Node, name: string): string | undefined {
  const found = ts.getJSDocTags(node).find(({ tagName }) => tagName.text === name);
  return found && (ts.getTextOfJSDocComment(found.comment) ?? '');
}
