// Kubernetes manifests from files, folders and standard input, each object with the line where it starts.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, LineCounter, type Node, parseAllDocuments } from 'yaml';
import { yamlErrorText } from '../base/yaml.ts';
import { offsetOf } from '../base/yaml-place.ts';
import type { KubeObject } from '../kube/object.ts';
import { CommandError, exitBadInput } from './exit-codes.ts';
import { readInput } from './input-file.ts';

export interface Manifest {
  readonly object: KubeObject;
  /** '-' for standard input. */
  readonly file: string;
  readonly line: number;
  /** Line of a field such as 'spec.rules[0].host', or of the nearest parent that is there. */
  lineOf(field: string): number;
}

/** Bytes of one file; the API server's own limit for one object is a tenth of it. */
const fileBytesMax = 64 * 1024 * 1024;

function bad(message: string): CommandError {
  return new CommandError(exitBadInput, message);
}

function listFiles(path: string): readonly string[] {
  if (path === '-') return ['-'];
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch (error) {
    throw bad(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
  }
  if (!isFolder) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ya?ml|json)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function readText(file: string): string {
  const bytes = readInput(file);
  if (bytes.length > fileBytesMax) throw bad(`${file}: larger than ${fileBytesMax} bytes`);
  return bytes.toString('utf8');
}

/** What files and all files of folders hold, each a text of its own. */
export function readTexts(paths: readonly string[]): readonly string[] {
  return paths.flatMap(listFiles).map(readText);
}

/** 'a.b[0]["c.d"]' in steps. */
function stepsOf(field: string): readonly (string | number)[] {
  const steps: (string | number)[] = [];
  for (const match of field.matchAll(/\['([^']*)'\]|\[(\d+)\]|([^.[\]]+)/g)) {
    if (match[2] !== undefined) steps.push(Number(match[2]));
    else steps.push((match[1] ?? match[3])!);
  }
  return steps;
}

function toManifest(value: unknown, node: Node, file: string, lines: LineCounter): Manifest {
  const line = lines.linePos(node.range?.[0] ?? 0).line;
  const object = value as Partial<KubeObject> | null;
  for (const name of ['apiVersion', 'kind'] as const)
    if (typeof object?.[name] !== 'string' || object[name] === '')
      throw bad(`${file}:${line}: not a Kubernetes object: ${name} is missing`);
  if (typeof object?.metadata?.name !== 'string' || object.metadata.name === '')
    throw bad(`${file}:${line}: ${object?.kind}: metadata.name is missing`);
  return {
    object: object as KubeObject,
    file,
    line,
    lineOf: (field) => lines.linePos(offsetOf(node, stepsOf(field))).line,
  };
}

/** Throws a CommandError (exit 65) with file, line and column when it is not YAML. */
export function parseManifests(text: string, file: string): readonly Manifest[] {
  const lines = new LineCounter();
  const manifests: Manifest[] = [];
  for (const document of parseAllDocuments(text, { lineCounter: lines, prettyErrors: false })) {
    const error = document.errors[0];
    if (error !== undefined) {
      const { line, col } = lines.linePos(error.pos[0]);
      throw bad(`${file}:${line}:${col}: ${yamlErrorText(error, 'quoted')}`);
    }
    const root = document.contents;
    if (root === null) continue;
    let value: unknown;
    try {
      value = document.toJS({ maxAliasCount: 1000 });
    } catch (thrown) {
      throw bad(`${file}:${lines.linePos(root.range?.[0] ?? 0).line}: ${(thrown as Error).message}`);
    }
    if (value === null) continue;
    const list = value as { kind?: unknown; items?: unknown };
    const items = isMap(root) ? root.get('items', true) : null;
    if (list.kind === 'List' && Array.isArray(list.items) && items !== null && typeof items === 'object') {
      const nodes = (items as unknown as { items: Node[] }).items;
      for (const [i, item] of list.items.entries()) manifests.push(toManifest(item, nodes[i]!, file, lines));
    } else manifests.push(toManifest(value, root as Node, file, lines));
  }
  return manifests;
}

/** In the order given; folders in the order of their names. */
export function readManifests(paths: readonly string[]): readonly Manifest[] {
  return paths.flatMap(listFiles).flatMap((file) => parseManifests(readText(file), file));
}
