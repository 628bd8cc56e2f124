// Source files as data: path, text, syntax tree, imports.
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parseAst } from 'rolldown/parseAst';

export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [member: string]: unknown;
}

export interface ImportEdge {
  /** As written. */
  readonly specifier: string;
  /** Path in the repository, or null for packages and builtins. */
  readonly target: string | null;
  readonly isLazy: boolean;
  readonly isTypeOnly: boolean;
  readonly line: number;
}

export interface SourceFile {
  /** With forward slashes, from the repository's root. */
  readonly path: string;
  readonly text: string;
  readonly tree: SyntaxNode;
  readonly imports: readonly ImportEdge[];
}

export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let i = 0; i < offset; i++) if (text.charCodeAt(i) === 10) line++;
  return line;
}

function isNode(value: unknown): value is SyntaxNode {
  return (
    value !== null && typeof value === 'object' && typeof (value as { type?: unknown }).type === 'string'
  );
}

/** Calls `visit` for every node, parents before children. */
export function walk(
  node: SyntaxNode,
  visit: (node: SyntaxNode, parent: SyntaxNode | null, key: string) => void,
): void {
  const go = (current: SyntaxNode, parent: SyntaxNode | null, key: string): void => {
    visit(current, parent, key);
    for (const [member, value] of Object.entries(current)) {
      if (Array.isArray(value)) {
        for (const item of value) if (isNode(item)) go(item, current, member);
      } else if (isNode(value)) go(value, current, member);
    }
  };
  go(node, null, '');
}

function collectImports(path: string, text: string, tree: SyntaxNode): readonly ImportEdge[] {
  const edges: ImportEdge[] = [];
  const add = (node: SyntaxNode, source: unknown, isLazy: boolean): void => {
    const specifier = isNode(source) ? source['value'] : null;
    if (typeof specifier !== 'string') return;
    const target = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : null;
    const isTypeOnly = node['importKind'] === 'type' || node['exportKind'] === 'type';
    edges.push({ specifier, target, isLazy, isTypeOnly, line: lineOf(text, node.start) });
  };
  walk(tree, (node) => {
    if (node.type === 'ImportExpression') add(node, node['source'], true);
    else if (node.type === 'ImportDeclaration' || node.type.startsWith('Export'))
      add(node, node['source'], false);
  });
  return edges;
}

export function parseSource(path: string, text: string): SourceFile {
  const tree = parseAst(text, { lang: 'ts' }) as unknown as SyntaxNode;
  return { path, text, tree, imports: collectImports(path, text, tree) };
}

export function readSources(root: string, folders: readonly string[]): readonly SourceFile[] {
  const files: SourceFile[] = [];
  for (const folder of folders) {
    let names: string[];
    try {
      names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      throw error;
    }
    for (const name of names.sort()) {
      if (!name.endsWith('.ts')) continue;
      const path = posix.join(folder, name.replaceAll('\\', '/'));
      files.push(parseSource(path, readFileSync(join(root, path), 'utf8')));
    }
  }
  return files;
}
