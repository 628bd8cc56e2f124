// What product code may not touch, and what to use instead. Determinism is a feature of every line.
import { lineOf, type SourceFile, type SyntaxNode, walk } from './source.ts';

const bannedGlobals: Readonly<Record<string, string>> = {
  setTimeout: 'ports/clock after()',
  setInterval: 'ports/clock after()',
  setImmediate: 'ports/clock after(0)',
  queueMicrotask: 'ports/clock after(0)',
  fetch: 'ports/http',
  performance: 'ports/clock monotonicUs()',
  process: 'a parameter',
  WeakRef: 'explicit ownership',
  FinalizationRegistry: 'explicit ownership',
  Intl: 'base/order',
};

const bannedMembers: Readonly<Record<string, string>> = {
  'Date.now': 'ports/clock wallMs()',
  'Math.random': 'ports/random',
  'AbortSignal.timeout': 'ports/clock after()',
  'crypto.randomUUID': 'ports/random and base/hash uuid4()',
  'crypto.randomBytes': 'ports/random bytes()',
  'crypto.getRandomValues': 'ports/random bytes()',
};

const bannedModules =
  /^(node:)?(net|tls|http|https|http2|fs|fs\/promises|dns|dns\/promises|dgram|child_process|worker_threads|timers|timers\/promises|os|perf_hooks|async_hooks|process)$/;

const bannedNames = /^(randomUUID|randomBytes|randomInt|getRandomValues|randomFillSync|randomFill)$/;

/** Rooms whose code meets the real world. */
export function isImpure(path: string): boolean {
  return (
    path.startsWith('src/io/') ||
    path.startsWith('src/cli/') ||
    path === 'src/main.ts' ||
    !/^(src|sim)\//.test(path)
  );
}

/** True where an identifier stands for a value, not for a member or a key. */
function isReference(node: SyntaxNode, parent: SyntaxNode | null, key: string): boolean {
  if (node.type !== 'Identifier' || parent === null) return false;
  if (parent.type.startsWith('TS')) return key === 'expression';
  if (parent.type === 'MemberExpression' && key === 'property') return parent['computed'] === true;
  if ((parent.type === 'Property' || parent.type.endsWith('Definition')) && key === 'key') {
    return parent['computed'] === true || parent['shorthand'] === true;
  }
  return true;
}

function memberName(node: SyntaxNode): string {
  const object = node['object'] as SyntaxNode;
  const property = node['property'] as SyntaxNode;
  return `${object['name'] ?? ''}.${property['name'] ?? ''}`;
}

function bannedUse(
  node: SyntaxNode,
  parent: SyntaxNode | null,
  key: string,
): readonly [string, string] | null {
  if (node.type === 'MemberExpression') {
    const name = memberName(node);
    if (Object.hasOwn(bannedMembers, name)) return [name, bannedMembers[name]!];
    if (name.endsWith('.localeCompare')) return ['localeCompare', 'base/order compareStrings()'];
    return null;
  }
  if (node.type === 'NewExpression') {
    const isDate = (node['callee'] as SyntaxNode)['name'] === 'Date';
    const count = (node['arguments'] as readonly unknown[]).length;
    return isDate && count === 0 ? ['new Date()', 'new Date(clock.wallMs())'] : null;
  }
  if (node.type === 'ImportSpecifier') {
    const imported = (node['imported'] as SyntaxNode)['name'];
    return typeof imported === 'string' && bannedNames.test(imported) ? [imported, 'ports/random'] : null;
  }
  if (!isReference(node, parent, key)) return null;
  const name = node['name'] as string;
  return Object.hasOwn(bannedGlobals, name) ? [name, bannedGlobals[name]!] : null;
}

export function findBans(file: SourceFile): readonly string[] {
  if (isImpure(file.path)) return [];
  const found: string[] = [];
  walk(file.tree, (node, parent, key) => {
    const use = bannedUse(node, parent, key);
    if (use !== null) {
      found.push(`${file.path}:${lineOf(file.text, node.start)}: ${use[0]} is banned here; use ${use[1]}`);
    }
  });
  for (const edge of file.imports) {
    if (bannedModules.test(edge.specifier)) {
      found.push(`${file.path}:${edge.line}: ${edge.specifier} is banned here; use a port (src/ports)`);
    }
  }
  return found;
}

/** Promises resume in hosts that the simulator has already killed; callbacks can be counted and dropped. */
export function findAsync(file: SourceFile): readonly string[] {
  if (isImpure(file.path)) return [];
  const found: string[] = [];
  walk(file.tree, (node, parent, key) => {
    const isAsync = node['async'] === true || node.type === 'AwaitExpression';
    const isPromise = isReference(node, parent, key) && node['name'] === 'Promise';
    if (isAsync || isPromise) {
      found.push(
        `${file.path}:${lineOf(file.text, node.start)}: no async, await or Promise here; use a callback`,
      );
    }
  });
  return found;
}
