// YAML from somebody else's hand, as plain data. The library's parser takes time in proportion to the text, but what it then
// makes of nested keys, of repeated ones and of aliases does not: these are looked at first, in one pass over the tree.
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseDocument,
  type YAMLError,
} from 'yaml';
import { fail, ok, type Result } from './result.ts';

export interface YamlLimits {
  readonly charactersMax: number;
  /** How far aliases may multiply the text. 0: there may be none. */
  readonly aliasesMax: number;
}

/** Levels of lists and maps in one another; nothing that people configure comes near. */
const nestingMax = 100;

/** The library's word for a text that its own stack is too small for. */
const exhausted = 'RESOURCE_EXHAUSTION';

/** What the library says, in words of ours where its own tell of its insides. `text`: when it may be quoted. */
export function yamlErrorText({ code, message }: YAMLError, text: 'quoted' | 'kept'): string {
  if (code === exhausted) return 'lists and maps are nested too deeply';
  return text === 'quoted' ? message : `not YAML (${code})`;
}

/** What is wrong with the tree, and where; never what the text says there. */
function problemOf(root: ParsedNode | null): { readonly message: string; readonly offset: number } | null {
  const waiting: { readonly node: unknown; readonly depth: number }[] = [{ node: root, depth: 1 }];
  for (;;) {
    const next = waiting.pop();
    if (next === undefined) return null;
    const { node, depth } = next;
    if (!isMap<ParsedNode, ParsedNode>(node) && !isSeq<ParsedNode>(node)) continue;
    const at = (message: string, offset = node.range?.[0] ?? 0) => ({ message, offset });
    if (depth > nestingMax) return at(`lists and maps are nested more than ${nestingMax} levels deep`);
    if (isSeq(node)) {
      for (const item of node.items) waiting.push({ node: item, depth: depth + 1 });
      continue;
    }
    const keys = new Set<string>();
    for (const { key, value } of node.items) {
      const offset = key?.range?.[0];
      if (isAlias(key) || (key !== null && !isScalar(key))) return at('a key must be plain text', offset);
      const text = String(key?.value ?? '');
      if (keys.has(text)) return at('a key stands twice in one map', offset);
      keys.add(text);
      waiting.push({ node: value, depth: depth + 1 });
    }
  }
}

/** The error names a place and, of the text, nothing: it may hold secrets. Never throws. */
export function parseYaml(text: string, { charactersMax, aliasesMax }: YamlLimits): Result<unknown> {
  if (text.length > charactersMax) return fail(`longer than ${charactersMax} characters`);
  const lines = new LineCounter();
  const at = (message: string, offset: number): { readonly ok: false; readonly error: string } => {
    const { line, col } = lines.linePos(offset);
    return fail(`line ${line}, column ${col}: ${message}`);
  };
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
    });
    const error = document.errors[0];
    if (error !== undefined) return at(yamlErrorText(error, 'kept'), error.pos[0]);
    const problem = problemOf(document.contents);
    if (problem !== null) return at(problem.message, problem.offset);
    return ok(document.toJS({ maxAliasCount: aliasesMax }));
  } catch {
    return fail('nested too deeply, or aliases that grow beyond measure');
  }
}
