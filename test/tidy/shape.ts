// The size and shape of files: lines, functions, purpose comments, names, import circles.
import { lineOf, type SourceFile, type SyntaxNode, walk } from './source.ts';

export const fileLinesMax = 600;
export const functionLinesMax = 70;

/** Functions that are longer with a reason. Path and name to the reason. */
export const longFunctions: Readonly<Record<string, string>> = {};

export function countLines(file: SourceFile): number {
  return file.text.split('\n').length - (file.text.endsWith('\n') ? 1 : 0);
}

function functionName(node: SyntaxNode, parent: SyntaxNode | null): string {
  const own = node['id'] as SyntaxNode | null | undefined;
  const holder = (parent?.['key'] ?? parent?.['id']) as SyntaxNode | null | undefined;
  return String(own?.['name'] ?? holder?.['name'] ?? 'anonymous');
}

/** Lines of a function without those of the functions inside it: a factory is as long as what it says itself. */
export function findLongFunctions(file: SourceFile): readonly string[] {
  const found: string[] = [];
  const lengths = new Map<SyntaxNode, number>();
  const parents = new Map<SyntaxNode, SyntaxNode | null>();
  const isFunction = (node: SyntaxNode) =>
    /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type);
  const enclosing = new Map<SyntaxNode, SyntaxNode | null>();
  walk(file.tree, (node, parent) => {
    parents.set(node, parent);
    const outer = parent === null ? null : isFunction(parent) ? parent : (enclosing.get(parent) ?? null);
    enclosing.set(node, outer);
    if (!isFunction(node)) return;
    const lines = lineOf(file.text, node.end) - lineOf(file.text, node.start) + 1;
    lengths.set(node, (lengths.get(node) ?? 0) + lines);
    if (outer !== null) lengths.set(outer, (lengths.get(outer) ?? 0) - lines);
  });
  for (const [node, lines] of lengths) {
    const name = functionName(node, parents.get(node) ?? null);
    if (lines > functionLinesMax && !Object.hasOwn(longFunctions, `${file.path} ${name}`)) {
      found.push(
        `${file.path}:${lineOf(file.text, node.start)}: ${name} has ${lines} lines of its own, at most ${functionLinesMax}`,
      );
    }
  }
  return found;
}

export function findShape(file: SourceFile): readonly string[] {
  const found: string[] = [];
  const lines = countLines(file);
  if (lines > fileLinesMax) found.push(`${file.path}: ${lines} lines, at most ${fileLinesMax}`);
  if (!/^(#!.*\n)?\/\/ \S/.test(file.text)) {
    found.push(`${file.path}: the first line must be a comment that says what idea lives here`);
  }
  const name = file.path.split('/').at(-1)!;
  if (/^(utils?|helpers?|common|misc|types)\.ts$/.test(name))
    found.push(`${file.path}: give the file a noun for a name`);
  return found;
}

/** Circles among value imports, each as the list of its files. */
export function findCircles(files: readonly SourceFile[]): readonly (readonly string[])[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const trail: string[] = [];
  const circles: string[][] = [];
  const visit = (path: string): void => {
    const at = trail.indexOf(path);
    if (at >= 0) {
      circles.push(trail.slice(at));
      return;
    }
    const file = byPath.get(path);
    if (file === undefined || done.has(path)) return;
    trail.push(path);
    for (const edge of file.imports)
      if (edge.target !== null && !edge.isLazy && !edge.isTypeOnly) visit(edge.target);
    trail.pop();
    done.add(path);
  };
  for (const file of files) visit(file.path);
  return circles;
}

/** Value at quantile `q` (0 to 1) of unsorted numbers. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}

/** A table of rooms: files, lines, median, 90th percentile, largest. */
export function formatSizeTable(
  files: readonly SourceFile[],
  roomOf: (path: string) => string | null,
): string {
  const rooms = new Map<string, number[]>();
  for (const file of files) {
    const room = roomOf(file.path) ?? '(none)';
    const sizes = rooms.get(room) ?? [];
    sizes.push(countLines(file));
    rooms.set(room, sizes);
  }
  const row = (name: string, sizes: readonly number[]) =>
    [
      name.padEnd(24),
      String(sizes.length).padStart(6),
      String(sizes.reduce((sum, size) => sum + size, 0)).padStart(8),
      String(quantile(sizes, 0.5)).padStart(7),
      String(quantile(sizes, 0.9)).padStart(5),
      String(Math.max(...sizes)).padStart(8),
    ].join('');
  return [
    `${'room'.padEnd(24)}${'files'.padStart(6)}${'lines'.padStart(8)}${'median'.padStart(7)}${'p90'.padStart(5)}${'largest'.padStart(8)}`,
    ...[...rooms].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, sizes]) => row(name, sizes)),
    row('all', files.map(countLines)),
  ].join('\n');
}
