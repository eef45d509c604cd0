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

/** The package's program, with more files that exist only as text. */
export function programWith(texts: { readonly [file: string]: string } = {}): ts.Program {
  const host = ts.createCompilerHost(options, true);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (file) => file in texts || fileExists.call(host, file);
  host.readFile = (file) => texts[file] ?? readFile.call(host, file);
  host.getSourceFile = (file, version, ...rest) =>
    file in texts ? ts.createSourceFile(file, texts[file]!, version, true) : getSourceFile.call(host, file, version, ...rest);
  return ts.createProgram([join(root, 'lib', 'index.ts'), ...Object.keys(texts)], options, host);
}

export function publicNames(program: ts.Program): PublicName[] {
  const checker = program.getTypeChecker();
  const index = checker.getSymbolAtLocation(program.getSourceFile(join(root, 'lib', 'index.ts'))!)!;
  return checker
    .getExportsOfModule(index)
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
    const flags = ts.getCombinedModifierFlags(member as ts.Declaration);
    const internal = ts.getJSDocTags(member).some(({ tagName }) => tagName.text === 'internal');
    return !(flags & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) && !internal && !ts.isConstructorDeclaration(member);
  });
}

export function tag(node: ts.Node, name: string): string | undefined {
  const found = ts.getJSDocTags(node).find(({ tagName }) => tagName.text === name);
  return found && (ts.getTextOfJSDocComment(found.comment) ?? '');
}
