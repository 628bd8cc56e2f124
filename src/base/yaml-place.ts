// Where in a YAML text a field stands, for errors that name a line.
import { isMap, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Of the field, or of the nearest parent that is there. */
export function offsetOf(root: Node, steps: readonly (string | number)[]): number {
  let at: unknown = root;
  let offset = root.range?.[0] ?? 0;
  for (const step of steps) {
    if (isMap(at)) {
      const pair = at.items.find((item) => String((item.key as { value?: unknown })?.value) === String(step));
      if (pair === undefined) break;
      offset = (pair.key as Node).range?.[0] ?? offset;
      at = pair.value;
    } else if (isSeq(at)) {
      at = at.items[Number(step)];
      if (at === undefined || at === null) break;
      offset = (at as Node).range?.[0] ?? offset;
    } else break;
  }
  return offset;
}

/** Of a text that has been read without complaint. */
export function placesIn(text: string): (steps: readonly (string | number)[]) => Place {
  const lines = new LineCounter();
  const { contents } = parseDocument(text, { lineCounter: lines, uniqueKeys: false, logLevel: 'error' });
  return (steps) => {
    const { line, col } = lines.linePos(contents === null ? 0 : offsetOf(contents, steps));
    return { line, column: col };
  };
}
