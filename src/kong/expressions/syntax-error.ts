// Where a text stops being an expression, shown as Kong shows it: place, line, mark, reason.

interface Place {
  readonly line: number;
  readonly column: number;
}

function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: [...before.slice(before.lastIndexOf('\n') + 1)].length + 1 };
}

function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return text.slice(start, end < 0 ? text.length : end).replace(/\r$/, '');
}

/** `end` is where a wrong part ends; null: the place itself is wrong. */
export function syntaxError(text: string, start: number, end: number | null, reason: string): string {
  const { line, column } = placeOf(text, start);
  const margin = ' '.repeat(String(line).length);
  const shown = lineAt(text, start);
  const indent = [...shown].slice(0, column - 1).map((character) => (character === '\t' ? '\t' : ' '));
  let mark = '^---';
  if (end !== null) {
    const width = [...text.slice(start, end)].length;
    mark = width > 1 ? `^${'-'.repeat(width - 2)}^` : '^';
  }
  return [
    `${margin}--> ${line}:${column}`,
    `${margin} |`,
    `${line} | ${shown}`,
    `${margin} | ${indent.join('')}${mark}`,
    `${margin} |`,
    `${margin} = ${reason}`,
  ].join('\n');
}
