// The small part of JSONPath that printer columns use: members, indexes, wildcards and one equality filter.

import { parseTimeMs } from '../timestamp.ts';
import { humanDuration } from './cells.ts';

const stepPattern =
  /\.([A-Za-z0-9_-]+)|\[(\d+)\]|\[\*\]|\['([^']+)'\]|\[\?\(@\.([\w.]+)\s*==\s*["']([^"']*)["']\)\]/y;

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function step(values: readonly unknown[], match: RegExpExecArray): unknown[] {
  const [text, dotted, index, quoted, filterPath, filterValue] = match;
  const name = dotted ?? quoted ?? index;
  if (name !== undefined)
    return values.map((value) => member(value, name)).filter((value) => value !== undefined);
  const items = values.flatMap((value) => (Array.isArray(value) ? value : []));
  if (text === '[*]') return items;
  return items.filter((item) => {
    let found: unknown = item;
    for (const part of filterPath!.split('.')) found = member(found, part);
    return String(found) === filterValue;
  });
}

/** All values at the path; none when the path is not understood. */
export function jsonPathValues(object: unknown, path: string): readonly unknown[] {
  const text = path.startsWith('.') || path.startsWith('[') ? path : `.${path}`;
  let values: unknown[] = [object];
  stepPattern.lastIndex = 0;
  while (stepPattern.lastIndex < text.length) {
    const match = stepPattern.exec(text);
    if (match === null) return [];
    values = step(values, match);
  }
  return values;
}

/** The cell of a printer column. */
export function jsonPathText(object: unknown, path: string, type: string, nowMs: number): unknown {
  const values = jsonPathValues(object, path);
  if (values.length === 0) return null;
  const first = values[0];
  if (type === 'date') {
    const ms = typeof first === 'string' ? parseTimeMs(first) : null;
    return ms === null ? '<invalid>' : humanDuration(nowMs - ms);
  }
  if (type === 'integer' || type === 'number' || type === 'boolean') return first;
  const shown = values.map((value) => (typeof value === 'object' ? JSON.stringify(value) : String(value)));
  return shown.join(',');
}
